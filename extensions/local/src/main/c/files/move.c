#include "files/move.h"

#include "common/paths.h"
#include "files/copy.h"
#include "files/new_file.h"
#include "files/remove.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Generates a temporary name in the destination's directory. The finished copy is renamed from it in one step. */
static bool temporary_name(const char *path, char *out) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    int directory = (int)(base_name(path) - path);
    int n = snprintf(out, PATH_MAX, "%.*s.move-%d-%ld", directory, path, (int)getpid(), now.tv_nsec);
    if (n < PATH_MAX) return true;
    errno = ENAMETOOLONG;
    return false;
}

/* Makes the same checks as rename(). Without them a whole tree could be copied before the move fails. */
static bool check_destination(const char *source, const char *destination) {
    struct stat from, to;
    if (lstat(source, &from) != 0) return false;
    if (lstat(destination, &to) != 0) return errno == ENOENT;
    errno = S_ISDIR(to.st_mode) ? EISDIR : ENOTDIR;
    return S_ISDIR(from.st_mode) == S_ISDIR(to.st_mode);
}

static bool move_by_copy(struct file_request *r) {
    char copy[PATH_MAX];
    if (!check_destination(r->path, r->other) || !temporary_name(r->other, copy)) return false;
    if (copy_tree(r->path, copy, r->fd) && rename(copy, r->other) == 0) return remove_tree(r->path, r->fd);
    int error = errno;
    remove_tree(copy, -1); /* -1: completes even if the peer is gone */
    errno = error;
    return false;
}

static bool move(struct file_request *r) {
    struct stat st;
    if (lstat(r->path, &st) != 0 || !make_parents(r->other, &r->user)) return false; /* makes no parents for a missing source */
    if (rename(r->path, r->other) == 0) return true;
    return errno == EXDEV && move_by_copy(r);
}

void serve_move(struct file_request *r) {
    if (move(r)) answer_entry(r, r->other);
    else if (errno != ECANCELED) answer_errno(r, r->path);
}
