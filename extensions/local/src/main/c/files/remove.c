#include "files/remove.h"

#include "files/names.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* KEPT_OPEN: the number of deepest directories that stay open and so keep their position in a long listing. Higher ones are reopened on the
 * way up and read from the beginning. */
enum { KEPT_OPEN = 64, MAX_REPEATS = 1000, BATCH = 8 << 10 };

struct level {
    int fd; /* -1: closed for now */
    struct file_id id;
    struct names full; /* directories of the last batch that are not empty */
    size_t next;
};

struct removal {
    int top, peer;
    const char *name; /* of the tree, in the directory top */
    struct level *level;
    size_t levels, allocated;
    unsigned repeats;
};

static bool keep(struct names *full, int dir, const char *name, unsigned char type) {
    if (type != DT_DIR && unlinkat(dir, name, 0) == 0) return true;
    if (type != DT_DIR && errno != EISDIR) return errno == ENOENT;
    if (unlinkat(dir, name, AT_REMOVEDIR) == 0 || errno == ENOENT) return true;
    if (errno != ENOTEMPTY && errno != EEXIST) return false;
    names_add(full, name);
    return true;
}

/* Removes what can be removed of the next batch of names, and keeps the names of the rest. Sets *more to true if the batch was not
 * empty. */
static bool remove_batch(struct level *level, bool *more) {
    char buffer[BATCH] __attribute__((aligned(8)));
    names_free(&level->full);
    level->next = 0;
    ssize_t got = getdents64(level->fd, buffer, sizeof buffer);
    *more = got > 0;
    if (got < 0 && errno != ENOENT) return false; /* ENOENT: the directory itself has been removed */
    for (ssize_t at = 0; at < got;) {
        const struct dirent64 *d = (const struct dirent64 *)(buffer + at);
        at += d->d_reclen;
        if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0) continue;
        if (!keep(&level->full, level->fd, d->d_name, d->d_type)) return false;
    }
    names_index(&level->full, false);
    return true;
}

static void push(struct removal *r, int fd, struct file_id id) {
    if (r->levels == r->allocated) {
        r->allocated = r->allocated * 2 + 16;
        r->level = require_memory(realloc(r->level, r->allocated * sizeof *r->level));
    }
    r->level[r->levels++] = (struct level){.fd = fd, .id = id};
    if (r->levels > KEPT_OPEN) {
        struct level *far = &r->level[r->levels - KEPT_OPEN - 1];
        close(far->fd);
        far->fd = -1;
    }
}

static bool descend(struct removal *r, int dir, const char *name) {
    struct file_id id;
    int fd = go_down(dir, name, true);
    if (fd < 0) return errno == ENOENT || errno == ENOTDIR || errno == ELOOP; /* replaced meanwhile: the next scan handles it */
    if (!file_id_of(fd, &id)) return false;
    push(r, fd, id);
    return true;
}

/* After a failed removal, returns true if the directory has new entries and should be emptied again. */
static bool once_more(struct removal *r) {
    return (errno == ENOTEMPTY || errno == EEXIST) && r->repeats++ < MAX_REPEATS;
}

static bool finish_top(struct removal *r, struct level *level) {
    if (unlinkat(r->top, r->name, AT_REMOVEDIR) != 0 && errno != ENOENT) {
        return once_more(r) && lseek(level->fd, 0, SEEK_SET) == 0;
    }
    close(level->fd);
    r->levels = 0;
    return true;
}

/* Removes the current directory, which is empty, from the one above. */
static bool ascend(struct removal *r) {
    struct level *level = &r->level[r->levels - 1], *above = level - 1;
    if (r->levels == 1) return finish_top(r, level);
    if (above->fd < 0) above->fd = go_up(level->fd, &above->id);
    else close(level->fd);
    if (above->fd < 0) return false;
    names_free(&level->full);
    r->levels--;
    const char *name = above->full.name[above->next - 1];
    if (unlinkat(above->fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT) return true;
    above->next--;
    return once_more(r);
}

static bool step(struct removal *r) {
    struct level *level = &r->level[r->levels - 1];
    if (level->next < level->full.count) {
        const char *name = level->full.name[level->next++];
        return descend(r, level->fd, name);
    }
    bool more;
    if (!remove_batch(level, &more)) return false;
    return more || ascend(r);
}

static bool remove_below(struct removal *r) {
    if (!descend(r, r->top, r->name)) return false;
    while (r->levels > 0) {
        if (peer_gone(r->peer)) {
            errno = ECANCELED;
            return false;
        }
        if (!step(r)) return false;
    }
    return true;
}

static bool remove_in(int top, const char *name, int peer) {
    struct stat st;
    struct removal r = {.top = top, .peer = peer, .name = name};
    if (fstatat(top, name, &st, AT_SYMLINK_NOFOLLOW) != 0) return errno == ENOENT;
    if (unlinkat(top, name, S_ISDIR(st.st_mode) ? AT_REMOVEDIR : 0) == 0 || errno == ENOENT) return true;
    if (errno == ENOTEMPTY || errno == EEXIST) return remove_below(&r);
    return false;
}

bool remove_tree(const char *path, int peer) {
    const char *name;
    int top = open_parent(path, &name);
    if (top < 0) return errno == ENOENT || errno == ENOTDIR;
    bool ok = remove_in(top, name, peer);
    int error = errno == EBUSY ? EXDEV : errno; /* EBUSY means a mount point */
    close(top);
    errno = error;
    return ok;
}

void serve_remove(struct file_request *r) {
    if (remove_tree(r->path, r->fd)) answer_empty(r, F_DONE);
    else if (errno != ECANCELED) answer_errno(r, r->path);
}
