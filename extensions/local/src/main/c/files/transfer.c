#include "files/transfer.h"

#include "common/paths.h"
#include "files/entry.h"
#include "files/metadata.h"
#include "files/new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPEN_FLAGS = O_NONBLOCK | O_NOCTTY | O_CLOEXEC, MAX_LINKS = 40, STEP = 64 << 20 };

/* Fails unless the file is regular. Opening or reading another kind of file may block forever or have side effects. */
static bool check_regular(int fd, struct stat *st) {
    if (fstat(fd, st) != 0) return false;
    errno = S_ISDIR(st->st_mode) ? EISDIR : ENXIO;
    return S_ISREG(st->st_mode);
}

static bool send_contents(struct file_request *r, int fd) {
    static unsigned char buffer[MAX_DATA];
    uint64_t at = r->number, left = r->length;
    while (left > 0 && at <= INT64_MAX) {
        ssize_t n = pread(fd, buffer, left < sizeof buffer ? (size_t)left : sizeof buffer, (off_t)at);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return answer_errno(r, r->path);
        if (n == 0) break;
        at += (uint64_t)n;
        left -= (uint64_t)n;
        out_frame(&r->out, F_DATA);
        out_bytes(&r->out, buffer, (size_t)n);
        out_finish(&r->out);
        if (!answer(r)) return false;
    }
    return answer_empty(r, F_END);
}

void serve_read(struct file_request *r) {
    struct stat st;
    int fd = open(r->path, O_RDONLY | OPEN_FLAGS);
    if (fd < 0 || !check_regular(fd, &st)) {
        answer_errno(r, r->path);
        return;
    }
    out_frame(&r->out, F_ENTRY);
    if (!out_entry(&r->out, base_name(r->path), r->path)) {
        r->out.len = 0;
        answer_errno(r, r->path);
        return;
    }
    out_finish(&r->out); /* sent with the first data */
    send_contents(r, fd);
}

/* Replaces the path of a dangling link by the path to which it points. */
static bool follow(char *path) {
    char text[PATH_MAX], joined[2 * PATH_MAX];
    ssize_t n = readlink(path, text, sizeof text - 1);
    if (n < 0) return errno == EINVAL || errno == ENOENT; /* the link is gone: the caller tries the path again */
    text[n] = '\0';
    int directory = (int)(base_name(path) - path);
    snprintf(joined, sizeof joined, "%.*s%s", text[0] == '/' ? 0 : directory, path, text);
    if (strlen(joined) >= PATH_MAX) {
        errno = ENAMETOOLONG;
        return false;
    }
    strcpy(path, joined);
    return true;
}

struct target {
    int fd;
    bool created;
    size_t unchecked; /* bytes written since the last write_out(), for which the host may have no space */
    char path[PATH_MAX]; /* with dangling links followed */
};

/* O_EXCL shows whether this request created the file: only then may it change the owner or remove the file. O_EXCL does not follow dangling
 * links, so follow() does. */
static bool open_target(struct target *t) {
    for (int i = 0; i < MAX_LINKS; i++) {
        t->fd = open(t->path, O_WRONLY | OPEN_FLAGS);
        if (t->fd >= 0 || errno != ENOENT) return t->fd >= 0;
        t->fd = open(t->path, O_WRONLY | O_CREAT | O_EXCL | OPEN_FLAGS, 0600);
        t->created = t->fd >= 0;
        if (t->created || errno != EEXIST) return t->created;
        if (!follow(t->path)) return false;
    }
    errno = ELOOP;
    return false;
}

static bool set_attributes(const struct file_request *r, const struct target *t) {
    struct stat st;
    mode_t mode = (mode_t)r->number & 07777;
    if (!check_regular(t->fd, &st)) return false;
    if (t->created && !set_owner_fd(t->fd, &r->user)) return false;
    if (t->created && r->number == 0) mode = 0644;
    if ((t->created || r->number != 0) && fchmod(t->fd, mode) != 0) return false;
    return (!r->has_metadata || replace_metadata(t->fd, r->metadata)) && ftruncate(t->fd, 0) == 0;
}

/* Removes the file that this request created, but not a file that has replaced it. */
static void remove_created(const struct target *t) {
    struct stat ours, there;
    if (!t->created || fstat(t->fd, &ours) != 0 || lstat(t->path, &there) != 0) return;
    if (ours.st_dev != there.st_dev || ours.st_ino != there.st_ino) return;
    /* The file is still open, so its space is free only once it is empty. Failures are ignored. */
    if (unlink(t->path) != 0 || ftruncate(t->fd, 0) != 0) return;
}

static bool write_all(struct target *t, const unsigned char *p, size_t n) {
    t->unchecked += n;
    while (n > 0) {
        ssize_t done = write(t->fd, p, n);
        if (done < 0 && errno != EINTR) return false;
        if (done > 0) {
            p += done;
            n -= (size_t)done;
        }
    }
    if (t->unchecked < STEP) return true; /* several checks, because a single one at the end would take long */
    t->unchecked = 0;
    return write_out(t->fd);
}

enum outcome { COMPLETE, FAILED, BROKEN_OFF, MALFORMED };

/* After a failure, reads and discards the rest: a client that is still writing would not see the answer. */
static enum outcome receive(struct file_request *r, struct target *t) {
    enum outcome outcome = COMPLETE;
    uint8_t type;
    unsigned char *payload;
    size_t n;
    while (read_frame(r->fd, &type, &payload, &n)) {
        bool ok = outcome == FAILED || type != F_DATA || write_all(t, payload, n);
        int error = errno;
        free(payload);
        if (type == F_END && n == 0) return outcome;
        if (type != F_DATA || n > MAX_DATA) return MALFORMED;
        if (ok) continue;
        outcome = FAILED;
        remove_created(t); /* before the answer, so that the space on a full disk is free when the client reads it */
        errno = error;
        if (!answer_errno(r, r->path)) return BROKEN_OFF;
    }
    return BROKEN_OFF;
}

static void receive_and_answer(struct file_request *r, struct target *t) {
    if (!answer_empty(r, F_READY)) {
        remove_created(t);
        return;
    }
    enum outcome outcome = receive(r, t);
    bool kept = outcome == COMPLETE && write_out(t->fd);
    int error = errno;
    if (!kept) remove_created(t);
    if (outcome == MALFORMED) answer_error(r, E_PROTOCOL, "DATA or END was expected");
    errno = error;
    if (outcome == COMPLETE && !kept) answer_errno(r, r->path);
    if (!kept) return;
    close(t->fd); /* before the answer: the client may execute the file, which fails while it is open for writing */
    answer_entry(r, r->path);
}

void serve_write(struct file_request *r) {
    static struct target t;
    enum error_code code;
    const char *wrong = r->has_metadata ? check_metadata(r->metadata, &code) : NULL;
    if (wrong != NULL) {
        answer_error(r, code, wrong);
        return;
    }
    strcpy(t.path, r->path);
    if (!make_parents(r->path, &r->user) || !open_target(&t)) {
        answer_errno(r, r->path);
    } else if (!set_attributes(r, &t)) {
        int error = errno;
        remove_created(&t);
        errno = error;
        answer_errno(r, r->path);
    } else {
        receive_and_answer(r, &t);
    }
}
