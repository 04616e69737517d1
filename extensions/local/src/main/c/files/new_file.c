#include "files/new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool set_owner_fd(int fd, const struct user *u) {
    return fchown(fd, u->uid, u->gid) == 0 || errno == EPERM || errno == EINVAL;
}

bool set_owner(const char *path, const struct user *u) {
    return lchown(path, u->uid, u->gid) == 0 || errno == EPERM || errno == EINVAL;
}

bool make_parents(const char *path, const struct user *u) {
    char parent[PATH_MAX];
    snprintf(parent, sizeof parent, "%s", path);
    char *last = strrchr(parent, '/');
    if (last == NULL || last == parent) return true;
    *last = '\0';
    struct stat st;
    if (stat(parent, &st) == 0) return true; /* the usual case */
    for (char *slash = parent + 1;; slash++) {
        slash += strcspn(slash, "/");
        bool end = *slash == '\0';
        *slash = '\0';
        if (mkdir(parent, 0755) == 0) {
            if (!set_owner(parent, u)) return false;
        } else if (errno != EEXIST && stat(parent, &st) != 0) { /* EROFS and the like don't matter if the directory exists */
            return false;
        }
        if (end) return true;
        *slash = '/';
    }
}

bool write_out(int fd) {
    int all = SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER;
    return sync_file_range(fd, 0, 0, (unsigned)all) == 0 || (errno != ENOSPC && errno != EDQUOT && errno != EIO);
}
