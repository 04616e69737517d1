#include "files/entry.h"

#include "common/users.h"
#include "files/metadata.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Caches the names of the last ids. Without it a listing would read /etc/passwd once for each entry. */
struct name_cache {
    const char *file;
    void (*look_up)(uint32_t id, char *name, size_t n);
    struct timespec changed;
    ino_t inode;
    unsigned used, next;
    struct {
        uint32_t id;
        char name[256];
    } entry[16];
};

static struct name_cache users = {.file = "/etc/passwd", .look_up = user_name};
static struct name_cache groups = {.file = "/etc/group", .look_up = group_name};

static void forget_when_changed(struct name_cache *c) {
    struct stat st = {0};
    if (stat(c->file, &st) != 0) st.st_ino = 0;
    if (st.st_ino == c->inode && memcmp(&st.st_ctim, &c->changed, sizeof c->changed) == 0) return;
    c->inode = st.st_ino;
    c->changed = st.st_ctim;
    c->used = c->next = 0;
}

static const char *name_of(struct name_cache *c, uint32_t id) {
    forget_when_changed(c);
    for (unsigned i = 0; i < c->used; i++) {
        if (c->entry[i].id == id) return c->entry[i].name;
    }
    unsigned size = sizeof c->entry / sizeof c->entry[0], i = c->next++ % size;
    if (c->used < size) c->used++;
    c->entry[i].id = id;
    c->look_up(id, c->entry[i].name, sizeof c->entry[i].name);
    return c->entry[i].name;
}

static enum entry_type type_of(mode_t mode) {
    if (S_ISREG(mode)) return ENTRY_FILE;
    if (S_ISDIR(mode)) return ENTRY_DIRECTORY;
    return S_ISLNK(mode) ? ENTRY_SYMLINK : ENTRY_OTHER;
}

/* The target of a link. O_PATH opens anything without side effects, and /proc/self/fd then has its path. */
struct target {
    enum entry_type type; /* unknown: the link is broken */
    mode_t mode;
    char text[PATH_MAX], path[PATH_MAX];
};

static void read_target(int dir, const char *at, struct target *t) {
    char self[64];
    struct stat st;
    t->type = ENTRY_UNKNOWN;
    t->path[0] = '\0';
    ssize_t n = readlinkat(dir, at, t->text, sizeof t->text - 1);
    t->text[n > 0 ? n : 0] = '\0';
    int fd = openat(dir, at, O_PATH | O_CLOEXEC);
    if (fd < 0) return;
    if (fstat(fd, &st) == 0) {
        t->type = type_of(st.st_mode);
        t->mode = st.st_mode;
        snprintf(self, sizeof self, "/proc/self/fd/%d", fd);
        n = readlink(self, t->path, sizeof t->path - 1);
        t->path[n > 0 ? n : 0] = '\0';
    }
    close(fd);
}

static void out_text(struct out *o, const char *text) {
    out_str(o, text, strlen(text));
}

bool out_entry_at(struct out *o, int dir, const char *at, const char *name, const char *path, struct stat *st) {
    if (fstatat(dir, at, st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) != 0) return false;
    static struct target target; /* static, so that 8 KiB are not cleared for each file */
    enum entry_type type = type_of(st->st_mode);
    bool link = type == ENTRY_SYMLINK;
    if (link) read_target(dir, at, &target);
    bool resolved = link && target.type != ENTRY_UNKNOWN;
    out_text(o, name);
    out_text(o, path);
    out_u8(o, (uint8_t)type);
    out_u8(o, (uint8_t)(link ? target.type : type));
    out_u32(o, (resolved ? target.mode : st->st_mode) & (type == ENTRY_OTHER ? S_IFMT | 07777 : 07777));
    out_u64(o, (uint64_t)st->st_size);
    out_u32(o, st->st_uid);
    out_u32(o, st->st_gid);
    out_text(o, name_of(&users, st->st_uid));
    out_text(o, name_of(&groups, st->st_gid));
    out_u64(o, (uint64_t)st->st_mtim.tv_sec);
    out_u32(o, (uint32_t)st->st_mtim.tv_nsec);
    out_text(o, link ? target.text : "");
    out_text(o, resolved ? target.path : "");
    out_metadata(o, dir, at, st->st_mode);
    return true;
}

bool out_entry(struct out *o, const char *name, const char *path) {
    struct stat st;
    return out_entry_at(o, AT_FDCWD, path, name, path, &st);
}
