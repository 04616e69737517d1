#include "files/copy.h"

#include "files/file_request.h"
#include "files/names.h"
#include "files/new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

enum { STEP = 4 << 20 };

/* A directory being copied, in both trees. */
struct level {
    struct file_id from, to;
    struct names names;
    size_t next;
    struct stat st;
};

struct copy {
    int from, to, peer;
    struct level *level;
    size_t levels, allocated;
};

/* Copies owner, mode, times and user attributes. Skips what the destination does not support, as mv does. */
static bool copy_attributes(int from, int to, const struct stat *st) {
    static char names[XATTR_LIST_MAX], value[XATTR_SIZE_MAX];
    ssize_t size = flistxattr(from, names, sizeof names);
    for (const char *name = names; size > 0 && name < names + size; name += strlen(name) + 1) {
        ssize_t n = strncmp(name, "user.", 5) == 0 ? fgetxattr(from, name, value, sizeof value) : -1;
        if (n >= 0 && fsetxattr(to, name, value, (size_t)n, 0) != 0 && errno == ENOSPC) return false;
    }
    struct timespec times[2] = {st->st_atim, st->st_mtim};
    if (fchown(to, st->st_uid, st->st_gid) != 0 && errno != EPERM && errno != EINVAL) return false;
    return fchmod(to, st->st_mode & 07777) == 0 && futimens(to, times) == 0;
}

static bool write_piece(int to, const char *p, size_t n) {
    while (n > 0) {
        ssize_t done = write(to, p, n);
        if (done < 0 && errno != EINTR) return false;
        p += done > 0 ? done : 0;
        n -= done > 0 ? (size_t)done : 0;
    }
    return true;
}

static bool copy_contents(const struct copy *c, int from, int to) {
    static char buffer[256 << 10];
    for (size_t since = STEP;;) {
        ssize_t n = read(from, buffer, sizeof buffer);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return n == 0 && write_out(to);
        if (!write_piece(to, buffer, (size_t)n)) return false;
        since += (size_t)n;
        if (since < STEP) continue;
        since = 0;
        if (peer_gone(c->peer)) {
            errno = ECANCELED;
            return false;
        }
    }
}

static bool copy_file(const struct copy *c, const char *from_name, const char *to_name) {
    struct stat st;
    bool ok = false;
    int from = openat(c->from, from_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (from < 0) return false;
    int to = openat(c->to, to_name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (to >= 0 && fstat(from, &st) == 0) {
        errno = ENXIO; /* if the file was replaced by something that is not a regular file */
        ok = S_ISREG(st.st_mode) && copy_contents(c, from, to) && copy_attributes(from, to, &st);
    }
    int error = errno;
    close(from);
    if (to >= 0 && close(to) != 0 && ok) return false;
    errno = error;
    return ok;
}

static bool copy_special(const struct copy *c, const char *from_name, const char *to_name, const struct stat *st) {
    char text[PATH_MAX];
    struct timespec times[2] = {st->st_atim, st->st_mtim};
    if (S_ISLNK(st->st_mode)) {
        ssize_t n = readlinkat(c->from, from_name, text, sizeof text - 1);
        if (n < 0) return false;
        text[n] = '\0';
        if (symlinkat(text, c->to, to_name) != 0) return false;
    } else {
        errno = ENXIO;
        if (!S_ISFIFO(st->st_mode) && !S_ISSOCK(st->st_mode)) return false;
        if (mknodat(c->to, to_name, st->st_mode, 0) != 0) return false;
    }
    int given = fchownat(c->to, to_name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW);
    if (given != 0 && errno != EPERM && errno != EINVAL) return false;
    return utimensat(c->to, to_name, times, AT_SYMLINK_NOFOLLOW) == 0;
}

static void push(struct copy *c, const struct level *level) {
    if (c->levels == c->allocated) {
        c->allocated = c->allocated * 2 + 16;
        c->level = require_memory(realloc(c->level, c->allocated * sizeof *c->level));
    }
    c->level[c->levels++] = *level;
}

/* Creates the copy of a directory and enters both: c->from and c->to become the two directories. */
static bool enter(struct copy *c, const char *from_name, const char *to_name, const struct stat *st) {
    struct level level = {.st = *st};
    if (mkdirat(c->to, to_name, 0700) != 0) return false;
    int from = go_down(c->from, from_name, true), to = go_down(c->to, to_name, true);
    bool ok = from >= 0 && to >= 0 && file_id_of(from, &level.from) && file_id_of(to, &level.to) &&
              names_read(&level.names, from);
    int error = errno;
    close(c->from);
    close(c->to);
    c->from = from;
    c->to = to;
    if (ok) {
        names_index(&level.names, false);
        push(c, &level);
    }
    errno = error;
    return ok;
}

static bool leave(struct copy *c) {
    struct level *level = &c->level[--c->levels];
    names_free(&level->names);
    if (!copy_attributes(c->from, c->to, &level->st)) return false; /* last: copying files changes the times, and the mode may lack `w` */
    if (c->levels == 0) return true;
    c->from = go_up(c->from, &level[-1].from);
    c->to = c->from >= 0 ? go_up(c->to, &level[-1].to) : c->to;
    return c->from >= 0 && c->to >= 0;
}

static bool copy_one(struct copy *c, const char *from_name, const char *to_name) {
    struct stat st;
    if (fstatat(c->from, from_name, &st, AT_SYMLINK_NOFOLLOW) != 0) return false;
    if (S_ISDIR(st.st_mode)) return enter(c, from_name, to_name, &st);
    if (S_ISREG(st.st_mode)) return copy_file(c, from_name, to_name);
    return copy_special(c, from_name, to_name, &st);
}

/* After a failure, returns true if the source was removed meanwhile. Keeps errno. */
static bool is_gone(const struct copy *c, const char *name) {
    struct stat st;
    int error = errno;
    bool gone = error == ENOENT && fstatat(c->from, name, &st, AT_SYMLINK_NOFOLLOW) != 0 && errno == ENOENT;
    errno = error;
    return gone;
}

static bool copy_below(struct copy *c) {
    while (c->levels > 0) {
        struct level *level = &c->level[c->levels - 1];
        if (peer_gone(c->peer)) {
            errno = ECANCELED;
            return false;
        }
        if (level->next == level->names.count) {
            if (!leave(c)) return false;
            continue;
        }
        const char *name = level->names.name[level->next++];
        if (!copy_one(c, name, name) && !is_gone(c, name)) return false;
    }
    return true;
}

bool copy_tree(const char *source, const char *destination, int peer) {
    const char *from_name = NULL, *to_name = NULL;
    struct copy c = {.from = open_parent(source, &from_name), .to = open_parent(destination, &to_name), .peer = peer};
    bool ok = c.from >= 0 && c.to >= 0 && copy_one(&c, from_name, to_name) && copy_below(&c);
    int error = errno;
    close(c.from);
    close(c.to);
    errno = error;
    return ok;
}
