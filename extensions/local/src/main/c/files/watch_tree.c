#include "files/watch_tree.h"

#include "files/names.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

enum {
    EVENTS = IN_CREATE | IN_MODIFY | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_ATTRIB | IN_DELETE_SELF,
    FLAGS = IN_ONLYDIR | IN_EXCL_UNLINK,
};

char *join_path(const char *dir, const char *name) {
    size_t size = strlen(dir) + strlen(name) + 2;
    char *path = require_memory(malloc(size));
    if (name[0] == '\0') snprintf(path, size, "%s", dir);
    else snprintf(path, size, "%s%s%s", dir, dir[0] == '\0' || strcmp(dir, "/") == 0 ? "" : "/", name);
    return path;
}

/* Returns the index of a descriptor, or where to insert it. The kernel counts up, so a new one goes to the end. */
static size_t position(const struct watch_tree *t, int descriptor) {
    size_t low = 0, high = t->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (t->watched[middle].descriptor < descriptor) low = middle + 1;
        else high = middle;
    }
    return low;
}

static bool is_at(const struct watch_tree *t, size_t i, int descriptor) {
    return i < t->count && t->watched[i].descriptor == descriptor;
}

static void remember(struct watch_tree *t, int descriptor, char *path) {
    size_t i = position(t, descriptor);
    if (is_at(t, i, descriptor)) { /* the same directory under another name */
        free(t->watched[i].path);
        t->watched[i].path = path;
        return;
    }
    if (t->count == t->allocated) {
        t->allocated = t->allocated * 2 + 16;
        t->watched = require_memory(realloc(t->watched, t->allocated * sizeof *t->watched));
    }
    memmove(&t->watched[i + 1], &t->watched[i], (t->count - i) * sizeof *t->watched);
    t->watched[i] = (struct watched){.descriptor = descriptor, .path = path};
    t->count++;
}

void watch_forget(struct watch_tree *t, int descriptor) {
    size_t i = position(t, descriptor);
    if (!is_at(t, i, descriptor)) return;
    free(t->watched[i].path);
    t->count--;
    memmove(&t->watched[i], &t->watched[i + 1], (t->count - i) * sizeof *t->watched);
}

const char *watch_path(const struct watch_tree *t, int descriptor) {
    size_t i = position(t, descriptor);
    return is_at(t, i, descriptor) ? t->watched[i].path : NULL;
}

bool watch_top(struct watch_tree *t) {
    int descriptor = inotify_add_watch(t->inotify, t->top, EVENTS | FLAGS);
    if (descriptor < 0) return false;
    remember(t, descriptor, join_path("", ""));
    return true;
}

/* Returns true for file systems that change all the time without events. */
static bool is_pseudo(const char *path) {
    struct statfs fs;
    return statfs(path, &fs) == 0 && (fs.f_type == PROC_SUPER_MAGIC || fs.f_type == SYSFS_MAGIC);
}

/* Returns 1 if watched, 0 if skipped, -1 with errno. */
static int watch_one(struct watch_tree *t, const char *path) {
    if (path[0] == '\0') return 1; /* the top is watched from the beginning */
    char *full = join_path(t->top, path);
    errno = 0;
    int descriptor = is_pseudo(full) ? -1 : inotify_add_watch(t->inotify, full, EVENTS | FLAGS | IN_DONT_FOLLOW);
    int error = errno;
    free(full);
    if (descriptor < 0) {
        errno = error;
        return error == ENOSPC || error == ENOMEM ? -1 : 0;
    }
    remember(t, descriptor, join_path("", path));
    errno = ENOSPC;
    return t->count <= MAX_WATCHED ? 1 : -1;
}

struct queue {
    char **path;
    size_t next, count, allocated;
};

static void add(struct queue *q, char *path) {
    if (q->count == q->allocated) {
        q->allocated = q->allocated * 2 + 16;
        q->path = require_memory(realloc(q->path, q->allocated * sizeof *q->path));
    }
    q->path[q->count++] = path;
}

static bool is_directory(DIR *dir, const struct dirent *d) {
    struct stat st;
    if (d->d_type != DT_UNKNOWN) return d->d_type == DT_DIR;
    return fstatat(dirfd(dir), d->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(st.st_mode);
}

static bool scan(struct watch_tree *t, const char *path, bool report, struct queue *below) {
    char *full = join_path(t->top, path);
    DIR *dir = opendir(full);
    free(full);
    if (dir == NULL) return true;
    for (struct dirent *d; (d = readdir(dir)) != NULL && below->count - below->next <= MAX_WATCHED;) {
        if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0) continue;
        char *name = join_path(path, d->d_name);
        if (report) t->found(t->context, name);
        if (is_directory(dir, d)) add(below, name);
        else free(name);
    }
    closedir(dir);
    errno = ENOSPC;
    return below->count - below->next <= MAX_WATCHED;
}

/* Watches each directory before it reads it, so that no new file is missed. */
bool watch_below(struct watch_tree *t, const char *path, bool report) {
    struct queue q = {0};
    bool ok = true;
    add(&q, join_path("", path));
    while (ok && q.next < q.count) {
        char *next = q.path[q.next++];
        int watched = watch_one(t, next);
        ok = watched == 0 || (watched > 0 && scan(t, next, report, &q));
        free(next);
    }
    int error = errno;
    while (q.next < q.count) free(q.path[q.next++]);
    free(q.path);
    errno = error;
    return ok;
}

/* Returns the rest of a path behind that of the directory; NULL if the path is neither the directory nor below it. */
static const char *tail_of(const char *path, const char *dir) {
    size_t n = strlen(dir);
    if (strncmp(path, dir, n) != 0) return NULL;
    return path[n] == '\0' || path[n] == '/' ? path + n : NULL;
}

void watch_drop(struct watch_tree *t, const char *path) {
    size_t kept = 0;
    for (size_t i = 0; i < t->count; i++) {
        if (tail_of(t->watched[i].path, path) == NULL) {
            t->watched[kept++] = t->watched[i];
            continue;
        }
        inotify_rm_watch(t->inotify, t->watched[i].descriptor);
        free(t->watched[i].path);
    }
    t->count = kept;
}

void watch_rename(struct watch_tree *t, const char *from, const char *to) {
    for (size_t i = 0; i < t->count; i++) {
        const char *tail = tail_of(t->watched[i].path, from);
        if (tail == NULL) continue;
        size_t size = strlen(to) + strlen(tail) + 1;
        char *path = require_memory(malloc(size));
        snprintf(path, size, "%s%s", to, tail);
        free(t->watched[i].path);
        t->watched[i].path = path;
    }
}
