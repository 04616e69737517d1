#include "files/files.h"

#include "common/paths.h"
#include "common/users.h"
#include "files/file_request.h"
#include "files/list.h"
#include "files/move.h"
#include "files/names.h"
#include "files/new_file.h"
#include "files/remove.h"
#include "files/transfer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void serve_mkdir(struct file_request *r) {
    struct stat st;
    mode_t mode = r->number == 0 ? 0755 : (mode_t)r->number & 07777;
    bool made = make_parents(r->path, &r->user) && mkdir(r->path, 0700) == 0;
    if (!made && errno == EEXIST) {
        bool directory = stat(r->path, &st) == 0 && S_ISDIR(st.st_mode);
        errno = directory ? EEXIST : ENOTDIR;
    }
    /* The mode comes last, because a change of owner clears set-id bits. */
    if (!made || !set_owner(r->path, &r->user) || chmod(r->path, mode) != 0) answer_errno(r, r->path);
    else answer_entry(r, r->path);
}

static void serve_symlink(struct file_request *r) {
    bool made = make_parents(r->path, &r->user) && symlink(r->other, r->path) == 0 && set_owner(r->path, &r->user);
    if (made) answer_entry(r, r->path);
    else answer_errno(r, r->path);
}

/* The unchecked payload. */
struct arguments {
    char *first, *second, *user;
    bool nul; /* a path contains a NUL byte */
};

static char *in_path(struct in *in, bool *nul) {
    size_t n;
    const unsigned char *bytes = in_bytes(in, &n);
    if (memchr(bytes, 0, n) != NULL) *nul = true;
    return require_memory(strndup((const char *)bytes, n));
}

static bool parse(struct file_request *r, struct arguments *a, uint8_t type, const unsigned char *payload, size_t n) {
    struct in in = {.p = payload, .end = payload + n};
    a->first = in_path(&in, &a->nul);
    if (type == F_MOVE || type == F_SYMLINK) a->second = in_path(&in, &a->nul);
    a->user = in_path(&in, &a->nul);
    if (type == F_LIST_DIR || type == F_WRITE || type == F_MKDIR) r->number = in_u32(&in);
    if (type == F_READ) {
        r->number = in_u64(&in);
        r->length = in_u64(&in);
    }
    if (type == F_WRITE) {
        r->has_metadata = in_u8(&in) != 0;
        r->metadata = in_map(&in, NULL);
    }
    return in_done(&in);
}

static bool expand(struct file_request *r, const char *path, char *out) {
    enum error_code code;
    char message[256];
    if (expand_path(path, &r->user, out, &code, message, sizeof message)) return true;
    answer_error(r, code, message);
    return false;
}

/* Expands all paths. The text of a symbolic link is kept as it is. */
static bool expand_all(struct file_request *r, const struct arguments *a, uint8_t type) {
    if (type != F_SYMLINK) return expand(r, a->first, r->path) && (a->second == NULL || expand(r, a->second, r->other));
    if (a->first[0] == '\0') return answer_error(r, E_INVALID, "the link's target is empty") && false;
    if (strlen(a->first) >= PATH_MAX) return answer_error(r, E_TOO_LONG, "the link's target is too long") && false;
    strcpy(r->other, a->first);
    return expand(r, a->second, r->path);
}

static void serve(struct file_request *r, uint8_t type) {
    switch (type) {
    case F_STAT: answer_entry(r, r->path); break;
    case F_LIST_DIR: serve_list(r); break;
    case F_READ: serve_read(r); break;
    case F_WRITE: serve_write(r); break;
    case F_MKDIR: serve_mkdir(r); break;
    case F_MOVE: serve_move(r); break;
    case F_REMOVE: serve_remove(r); break;
    case F_SYMLINK: serve_symlink(r); break;
    default: answer_error(r, E_PROTOCOL, "not a file request"); break;
    }
}

void serve_file_request(int fd, uint8_t type, const unsigned char *payload, size_t n) {
    static struct file_request r;
    struct arguments a = {0};
    r.fd = fd;
    bool sound = parse(&r, &a, type, payload, n);
    if (!sound) answer_error(&r, E_PROTOCOL, "a malformed file request");
    else if (a.nul) answer_error(&r, E_INVALID, "a NUL byte in a path");
    else if (!find_user(a.user, &r.user)) {
        out_error(&r.out, E_UNKNOWN_USER, "unknown user %.200s", a.user);
        answer(&r);
    } else if (expand_all(&r, &a, type)) {
        serve(&r, type);
    }
}
