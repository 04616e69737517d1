#include "files/names.h"

#include "common/paths.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

void *require_memory(void *p) {
    if (p == NULL) _exit(1); /* ends the worker and with it the connection */
    return p;
}

void names_add(struct names *n, const char *name) {
    size_t size = strlen(name) + 1;
    if (n->cap - n->len < size) {
        n->cap = n->cap * 2 + size + 64;
        n->bytes = require_memory(realloc(n->bytes, n->cap));
    }
    memcpy(n->bytes + n->len, name, size);
    n->len += size;
    n->count++;
}

static int compare(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void names_index(struct names *n, bool sorted) {
    n->name = require_memory(calloc(n->count + 1, sizeof *n->name));
    const char *p = n->bytes;
    for (size_t i = 0; i < n->count; i++) {
        n->name[i] = p;
        p += strlen(p) + 1;
    }
    if (sorted) qsort(n->name, n->count, sizeof *n->name, compare);
}

bool names_read(struct names *n, int dir) {
    static char buffer[64 << 10] __attribute__((aligned(8)));
    if (lseek(dir, 0, SEEK_SET) != 0) return false;
    for (;;) {
        ssize_t got = getdents64(dir, buffer, sizeof buffer);
        if (got <= 0) return got == 0;
        for (ssize_t at = 0; at < got;) {
            const struct dirent64 *d = (const struct dirent64 *)(buffer + at);
            at += d->d_reclen;
            if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0) continue;
            if (n->count == MAX_NAMES) {
                errno = E2BIG;
                return false;
            }
            names_add(n, d->d_name);
        }
    }
}

void names_free(struct names *n) {
    free(n->bytes);
    free(n->name);
    *n = (struct names){0};
}

bool file_id_of(int fd, struct file_id *p) {
    struct stat st;
    if (fstat(fd, &st) != 0) return false;
    *p = (struct file_id){.device = st.st_dev, .inode = st.st_ino};
    return true;
}

int go_up(int dir, const struct file_id *parent) {
    int up = openat(dir, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int error = errno;
    close(dir);
    struct file_id found;
    if (up >= 0 && file_id_of(up, &found) && found.device == parent->device && found.inode == parent->inode) return up;
    if (up >= 0) {
        close(up);
        error = ESTALE;
    }
    errno = error;
    return -1;
}

int open_parent(const char *path, const char **name) {
    char parent[PATH_MAX];
    *name = base_name(path);
    if (**name == '/' || strcmp(*name, "..") == 0) {
        errno = EINVAL; /* "/" and ".." can be neither removed nor replaced */
        return -1;
    }
    snprintf(parent, sizeof parent, "%.*s", (int)(*name - path), path);
    return open(parent[0] != '\0' ? parent : ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int go_down(int dir, const char *name, bool same_mount) {
    struct open_how how = {
        .flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
        .resolve = RESOLVE_NO_SYMLINKS | (same_mount ? RESOLVE_NO_XDEV : 0),
    };
    return (int)syscall(SYS_openat2, dir, name, &how, sizeof how);
}
