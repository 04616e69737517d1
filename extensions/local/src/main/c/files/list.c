#include "files/list.h"

#include "files/entry.h"
#include "files/names.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BATCH = 32 << 10, MAX_LEVELS = PATH_MAX / 2 + 2, MAX_HELD = 4 * MAX_NAMES };

/* A directory on the way from the top to the current one. */
struct level {
    struct file_id id;
    struct names names;
    size_t next, path_length; /* of the directory's own path */
};

struct listing {
    struct file_request *r;
    int dir;
    char path[PATH_MAX + NAME_MAX + 2];
    struct level level[MAX_LEVELS];
    size_t levels, held; /* names in all levels */
};

static bool enter(struct listing *l, int dir) {
    struct level *level = &l->level[l->levels];
    *level = (struct level){.path_length = strlen(l->path)};
    bool ok = file_id_of(dir, &level->id) && names_read(&level->names, dir);
    l->held += level->names.count;
    if (ok && l->held > MAX_HELD) {
        errno = E2BIG;
        ok = false;
    }
    if (!ok) {
        int error = errno;
        names_free(&level->names);
        close(dir);
        errno = error;
        return false;
    }
    names_index(&level->names, true);
    l->dir = dir;
    l->levels++;
    return true;
}

/* false with errno */
static bool leave(struct listing *l) {
    struct level *level = &l->level[--l->levels];
    l->held -= level->names.count;
    names_free(&level->names);
    if (l->levels == 0) {
        close(l->dir);
        return true;
    }
    l->dir = go_up(l->dir, &l->level[l->levels - 1].id);
    return l->dir >= 0;
}

/* Returns true if the directory can't be read or is gone; it is then listed without its content. */
static bool is_skipped(int error) {
    return error == EACCES || error == EPERM || error == ENOENT || error == ENOTDIR || error == ELOOP;
}

static bool descend(struct listing *l, const char *name) {
    int child = go_down(l->dir, name, false), parent = l->dir;
    if (child < 0 || !enter(l, child)) return is_skipped(errno);
    close(parent);
    return true;
}

/* Lists the next name of the current directory. false with errno, which is 0 if the peer is gone. */
static bool visit(struct listing *l, struct level *level) {
    const char *name = level->names.name[level->next++];
    bool root = level->path_length == 1; /* "/" */
    int n = snprintf(l->path + level->path_length, NAME_MAX + 2, "%s%s", root ? "" : "/", name);
    if (level->path_length + (size_t)n >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    struct out *o = &l->r->out;
    size_t before = o->len;
    struct stat st;
    out_frame(o, F_ENTRY);
    if (!out_entry_at(o, l->dir, name, name, l->path, &st)) {
        o->len = before; /* the file is gone, or the directory may be read but not entered */
        return is_skipped(errno);
    }
    out_finish(o);
    if (o->len > BATCH && !answer(l->r)) {
        errno = 0;
        return false;
    }
    return !S_ISDIR(st.st_mode) || l->levels >= l->r->number || descend(l, name);
}

static bool walk(struct listing *l) {
    while (l->levels > 0) {
        struct level *level = &l->level[l->levels - 1];
        if (level->next < level->names.count) {
            if (!visit(l, level)) return false;
        } else {
            l->path[level->path_length] = '\0';
            if (!leave(l)) return false;
        }
    }
    return true;
}

void serve_list(struct file_request *r) {
    static struct listing l;
    l.r = r;
    if (r->number == 0) r->number = 1;
    strcpy(l.path, r->path);
    int dir = open(r->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (dir < 0) {
        answer_errno(r, r->path);
        return;
    }
    if (enter(&l, dir) && walk(&l)) {
        answer_empty(r, F_END);
    } else if (errno == E2BIG) {
        answer_error(r, E_LIMIT, "the directories have too many names to sort");
    } else if (errno != 0) {
        answer_errno(r, l.path);
    }
}
