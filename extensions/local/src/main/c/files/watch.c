#include "files/watch.h"

#include "common/paths.h"
#include "files/entry.h"
#include "files/file_request.h"
#include "files/watch_tree.h"

#include <errno.h>
#include <linux/magic.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { RECURSIVE = 1, ENTRIES = 2, NETWORK = 4 };
enum kind { CREATE = 1, WRITE, REMOVE, RENAME, CHMOD, OVERFLOW };
enum { BATCH = 32 << 10, REPORTED_SLOTS = 1 << 15 };

struct watch {
    struct file_request *r;
    uint8_t flags;
    struct watch_tree tree;
    bool gone;            /* the peer */
    char *moved;          /* a directory that was moved to a path not yet known; NULL: none */
    uint32_t moved_cookie;
    /* Hashes of the paths found in new directories, since the kernel may have queued an event for them too. Emptied once no event is
     * queued. */
    uint64_t reported[REPORTED_SLOTS];
    size_t reported_count;
};

static uint64_t hash(const char *path) {
    uint64_t h = 14695981039346656037u; /* FNV-1a */
    for (; *path != '\0'; path++) h = (h ^ (unsigned char)*path) * 1099511628211u;
    return h == 0 ? 1 : h;
}

static void flush(struct watch *w) {
    if (w->r->out.len > 0 && !answer(w->r)) w->gone = true;
}

static void send_event(struct watch *w, enum kind kind, const char *path) {
    struct out *o = &w->r->out;
    out_frame(o, F_EVENT);
    out_u8(o, (uint8_t)kind);
    out_str(o, path, strlen(path));
    size_t has_entry = o->len;
    bool exists = kind == CREATE || kind == WRITE || kind == CHMOD;
    out_u8(o, 1);
    if (exists && (w->flags & ENTRIES) != 0) {
        char *full = join_path(w->tree.top, path);
        exists = out_entry(o, base_name(full), full);
        free(full);
    } else {
        exists = false;
    }
    if (!exists) {
        o->data[has_entry] = 0;
        o->len = has_entry + 1;
    }
    out_finish(o);
    if (o->len > BATCH) flush(w);
}

static void found(void *context, const char *path) {
    struct watch *w = context;
    send_event(w, CREATE, path);
    if (w->reported_count > REPORTED_SLOTS / 2) return; /* reporting it twice is better than not at all */
    uint64_t h = hash(path);
    size_t i = h % REPORTED_SLOTS;
    while (w->reported[i] != 0 && w->reported[i] != h) i = (i + 1) % REPORTED_SLOTS;
    w->reported_count += w->reported[i] == 0;
    w->reported[i] = h;
}

/* Returns true if the path was reported before, and forgets it: the next event for that name is about a new file. */
static bool take_reported(struct watch *w, const char *path) {
    if (w->reported_count == 0) return false;
    uint64_t h = hash(path);
    size_t i = h % REPORTED_SLOTS;
    while (w->reported[i] != 0 && w->reported[i] != h) i = (i + 1) % REPORTED_SLOTS;
    if (w->reported[i] == 0) return false;
    w->reported[i] = ~h; /* keeps the slot occupied, so that hashes stored after it are still found */
    return true;
}

static void forget_reported(struct watch *w) {
    if (w->reported_count > 0) memset(w->reported, 0, sizeof w->reported);
    w->reported_count = 0;
}

/* Stops watching a directory that was moved out of the tree. */
static void drop_moved(struct watch *w) {
    if (w->moved != NULL) watch_drop(&w->tree, w->moved);
    free(w->moved);
    w->moved = NULL;
}

static bool new_directory(struct watch *w, const struct inotify_event *e, const char *path) {
    if (w->moved != NULL && e->cookie == w->moved_cookie) {
        watch_rename(&w->tree, w->moved, path);
        free(w->moved);
        w->moved = NULL;
        return true;
    }
    return watch_below(&w->tree, path, true);
}

static void directory_left(struct watch *w, const struct inotify_event *e, const char *path) {
    w->moved = join_path("", path);
    w->moved_cookie = e->cookie;
}

/* Handles an event of an entry in a watched directory. false with errno. */
static bool handle_named(struct watch *w, const struct inotify_event *e, const char *path) {
    bool directory = (e->mask & IN_ISDIR) != 0 && (w->flags & RECURSIVE) != 0;
    if ((e->mask & (IN_CREATE | IN_MOVED_TO)) != 0) {
        if (take_reported(w, path)) return true; /* it is watched already */
        send_event(w, CREATE, path);
        return !directory || new_directory(w, e, path);
    }
    if ((e->mask & (IN_DELETE | IN_MOVED_FROM)) != 0) {
        take_reported(w, path);
        send_event(w, (e->mask & IN_DELETE) != 0 ? REMOVE : RENAME, path);
        if (directory && (e->mask & IN_MOVED_FROM) != 0) directory_left(w, e, path);
    } else if ((e->mask & IN_MODIFY) != 0) {
        send_event(w, WRITE, path);
    } else if ((e->mask & IN_ATTRIB) != 0) {
        send_event(w, CHMOD, path);
    }
    return true;
}

enum next { GO_ON, TOP_REMOVED, FAILED };

static enum next handle(struct watch *w, const struct inotify_event *e) {
    bool arrival = (e->mask & IN_MOVED_TO) != 0 && w->moved != NULL && e->cookie == w->moved_cookie;
    if (!arrival) drop_moved(w);
    if ((e->mask & IN_Q_OVERFLOW) != 0) {
        send_event(w, OVERFLOW, "");
        /* the event of a new directory may be lost */
        return (w->flags & RECURSIVE) == 0 || watch_below(&w->tree, "", false) ? GO_ON : FAILED;
    }
    const char *dir = watch_path(&w->tree, e->wd);
    if (dir == NULL) return GO_ON; /* the directory has left the tree */
    if ((e->mask & (IN_IGNORED | IN_DELETE_SELF | IN_UNMOUNT)) != 0) {
        bool top = dir[0] == '\0';
        watch_forget(&w->tree, e->wd);
        return top ? TOP_REMOVED : GO_ON;
    }
    if (e->len == 0) return GO_ON; /* about the directory itself; its parent reports that too */
    char *path = join_path(dir, e->name);
    bool ok = handle_named(w, e, path);
    int error = errno;
    free(path);
    errno = error;
    return ok ? GO_ON : FAILED;
}

static enum next handle_waiting(struct watch *w) {
    static char buffer[64 << 10] __attribute__((aligned(__alignof__(struct inotify_event))));
    ssize_t n = read(w->tree.inotify, buffer, sizeof buffer);
    if (n < 0 && errno == EAGAIN) {
        drop_moved(w);
        forget_reported(w);
    }
    if (n <= 0) return n < 0 && (errno == EAGAIN || errno == EINTR) ? GO_ON : FAILED;
    for (ssize_t at = 0; at < n && !w->gone;) {
        const struct inotify_event *e = (const struct inotify_event *)(buffer + at);
        at += (ssize_t)(sizeof *e + e->len);
        enum next next = handle(w, e);
        if (next != GO_ON) return next;
    }
    return GO_ON;
}

static void answer_failure(struct watch *w) {
    if (errno == ENOSPC) answer_error(w->r, E_LIMIT, "too many directories to watch; watch a smaller tree");
    else answer_errno(w->r, w->tree.top);
}

static void follow(struct watch *w) {
    struct pollfd p[2] = {{.fd = w->tree.inotify, .events = POLLIN}, {.fd = w->r->fd}};
    enum next next = GO_ON;
    while (next == GO_ON && !w->gone) {
        bool unsettled = w->moved != NULL || w->reported_count > 0;
        int n = poll(p, 2, unsettled ? 20 : -1);
        if (n < 0 && errno != EINTR) return;
        if (n > 0 && (p[1].revents & (POLLHUP | POLLERR)) != 0) return;
        if (n >= 0) next = handle_waiting(w);
        if (next == GO_ON) flush(w);
    }
    if (next == TOP_REMOVED) answer_empty(w->r, F_END);
    if (next == FAILED) answer_failure(w);
}

static bool is_network(const char *path) {
    static const unsigned magic[] = {
        NFS_SUPER_MAGIC, SMB_SUPER_MAGIC, CIFS_SUPER_MAGIC, SMB2_SUPER_MAGIC, V9FS_MAGIC, FUSE_SUPER_MAGIC,
        CEPH_SUPER_MAGIC, AFS_SUPER_MAGIC, AFS_FS_MAGIC, CODA_SUPER_MAGIC, NCP_SUPER_MAGIC,
    };
    struct statfs fs;
    if (statfs(path, &fs) != 0) return false;
    for (size_t i = 0; i < sizeof magic / sizeof magic[0]; i++) {
        if ((unsigned)fs.f_type == magic[i]) return true;
    }
    return false;
}

static void watch(struct watch *w) {
    w->tree.top = w->r->path;
    w->tree.found = found;
    w->tree.context = w;
    w->tree.inotify = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (w->tree.inotify < 0) {
        answer_error(w->r, E_LIMIT, "this user has reached the limit of inotify instances; stop some watches");
    } else if ((w->flags & NETWORK) == 0 && is_network(w->r->path)) {
        answer_error(w->r, E_UNSUPPORTED, "a network file system does not report all changes");
    } else if (!watch_top(&w->tree) || ((w->flags & RECURSIVE) != 0 && !watch_below(&w->tree, "", false))) {
        answer_failure(w);
    } else if (answer_empty(w->r, F_READY)) {
        follow(w);
    }
}

void serve_watch(int fd, const unsigned char *payload, size_t n) {
    static struct watch w;
    static struct file_request r;
    r.fd = fd;
    w.r = &r;
    size_t length;
    struct in in = {.p = payload, .end = payload + n};
    const char *bytes = (const char *)in_bytes(&in, &length);
    char *user = in_str(&in, NULL), *path = strndup(bytes, length), message[256];
    enum error_code code;
    w.flags = in_u8(&in);
    if (path == NULL) return;
    if (!in_done(&in)) answer_error(&r, E_PROTOCOL, "a malformed watch request");
    else if (strlen(path) != length) answer_error(&r, E_INVALID, "a NUL byte in the path");
    else if (!find_user(user, &r.user)) answer_error(&r, E_UNKNOWN_USER, "unknown user");
    else if (!expand_path(path, &r.user, r.path, &code, message, sizeof message)) answer_error(&r, code, message);
    else watch(&w);
}
