#include "loop/conn.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { FRAMES_AT_ONCE = 8, KEPT_BUFFER = 4096, FIRST_PAYLOAD = 4096 };

unsigned connection_count;

size_t conn_unsent(const struct conn *c) {
    return c->out.len - c->sent;
}

static void update(struct conn *c) {
    uint32_t in = c->reading ? EPOLLIN : 0, out = conn_unsent(c) > 0 ? EPOLLOUT : 0;
    source_want(&c->source, in | out);
}

static void forget(struct conn *c) {
    free(c->payload);
    c->payload = NULL;
    out_free(&c->out);
    c->sent = 0;
    free_later(c);
}

void conn_close(struct conn *c) {
    if (c->source.fd < 0)
        return;
    source_close(&c->source);
    connection_count--;
    if (c->role->closed)
        c->role->closed(c);
    forget(c);
}

int conn_release(struct conn *c) {
    int fd = source_release(&c->source);
    forget(c);
    return fd;
}

static void gone(struct conn *c) {
    if (c->gone)
        return;
    c->gone = true;
    out_free(&c->out);
    c->sent = 0;
    if (c->closing) {
        conn_close(c);
        return;
    }
    if (c->role->gone)
        c->role->gone(c);
    if (!c->reading && !c->waiting)
        conn_close(c);
}

static void sent_some(struct conn *c) {
    if (c->sent == c->out.len) {
        c->sent = c->out.len = 0;
        if (c->out.cap > KEPT_BUFFER)
            out_free(&c->out);
    } else if (c->sent >= CONN_FULL / 2) {
        memmove(c->out.data, c->out.data + c->sent, c->out.len - c->sent);
        c->out.len -= c->sent;
        c->sent = 0;
    }
}

void conn_flush(struct conn *c) {
    if (c->source.fd < 0)
        return;
    if (c->gone)
        c->out.len = c->sent = 0;
    while (conn_unsent(c) > 0) {
        ssize_t n = send(c->source.fd, c->out.data + c->sent, conn_unsent(c), MSG_NOSIGNAL);
        if (n < 0) {
            if (errno == EINTR)
                continue;
            if (errno == EAGAIN || errno == ENOBUFS || errno == ENOMEM)
                break;
            gone(c);
            break;
        }
        c->sent += (size_t)n;
    }
    if (c->source.fd < 0)
        return;
    sent_some(c);
    if (c->closing && conn_unsent(c) == 0)
        conn_close(c);
    else
        update(c);
}

void conn_finish(struct conn *c) {
    c->closing = true;
    c->reading = false;
    conn_flush(c);
}

void conn_error(struct conn *c, enum error_code code, const char *message) {
    out_error(&c->out, code, "%s", message);
    conn_finish(c);
}

void conn_ok(struct conn *c) {
    out_frame(&c->out, F_DONE);
    out_finish(&c->out);
    conn_finish(c);
}

void conn_read_on(struct conn *c, bool reading) {
    if (c->source.fd < 0)
        return;
    c->reading = reading && !c->closing && !c->end_of_input;
    if (c->gone && !c->reading && !c->waiting)
        conn_close(c);
    else
        update(c);
}

static void next_frame(struct conn *c) {
    c->got = 0;
    if (c->room > KEPT_BUFFER) {
        free(c->payload);
        c->payload = NULL;
        c->room = 0;
    }
}

void conn_input_done(struct conn *c) {
    c->waiting = false;
    next_frame(c);
    conn_read_on(c, true);
}

static size_t payload_length(const struct conn *c) {
    const unsigned char *h = c->header;
    return (size_t)h[0] << 24 | (size_t)h[1] << 16 | (size_t)h[2] << 8 | h[3];
}

unsigned char *conn_payload(struct conn *c, size_t *n) {
    *n = payload_length(c);
    return c->payload;
}

static void at_end(struct conn *c) {
    c->end_of_input = true;
    /* The peer has closed its side and may still read an answer, unless its request is incomplete. */
    if (c->gone || !c->role->gone || c->got > 0)
        conn_close(c);
    else
        conn_read_on(c, false);
}

/* Allocates as bytes arrive, since a hostile peer may announce a large frame and never send it. */
static bool make_room(struct conn *c, size_t have, size_t length) {
    if (have < c->room)
        return true;
    size_t room = c->room ? c->room * 4 : FIRST_PAYLOAD;
    if (room > length)
        room = length;
    unsigned char *p = realloc(c->payload, room);
    if (!p)
        return false;
    c->payload = p;
    c->room = room;
    return true;
}

/* Reads no byte beyond the frame, since what follows may be for a worker or a relay. false: nothing more to read now. */
static bool read_some(struct conn *c) {
    unsigned char *p = c->header + c->got;
    size_t want = sizeof c->header - c->got;
    if (c->got >= sizeof c->header) {
        size_t have = c->got - sizeof c->header, length = payload_length(c);
        if (!make_room(c, have, length)) {
            conn_error(c, E_LIMIT, "out of memory");
            return false;
        }
        p = c->payload + have;
        want = (c->room < length ? c->room : length) - have;
    }
    ssize_t n = read(c->source.fd, p, want);
    if (n > 0)
        c->got += (size_t)n;
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        at_end(c);
    return n > 0;
}

/* Reads one frame and passes it to the connection's role. Returns false if the frame is incomplete, or if reading has stopped. */
static bool read_frame_of(struct conn *c) {
    while (c->reading && c->source.fd >= 0) {
        if (c->got >= sizeof c->header) {
            size_t length = payload_length(c);
            if (length > c->role->max_payload) {
                conn_error(c, E_PROTOCOL, "the frame is too long");
                return false;
            }
            if (c->got == sizeof c->header + length) {
                c->role->frame(c, c->header[4], c->payload ? c->payload : c->header, length);
                if (c->source.fd >= 0 && !c->waiting) /* if waiting, the payload is still being written to the process */
                    next_frame(c);
                return c->source.fd >= 0;
            }
        }
        if (!read_some(c))
            return false;
    }
    return false;
}

static void on_ready(struct source *s, uint32_t events) {
    struct conn *c = CONTAINER(s, struct conn, source);
    if (events & (EPOLLHUP | EPOLLERR))
        gone(c);
    if (c->source.fd >= 0 && (events & EPOLLOUT)) {
        conn_flush(c);
        if (c->source.fd >= 0 && c->role->room)
            c->role->room(c);
    }
    for (int i = 0; i < FRAMES_AT_ONCE && read_frame_of(c); i++)
        continue;
}

struct conn *conn_new(int fd, const struct role *role, bool reading) {
    struct conn *c = calloc(1, sizeof *c);
    if (!c) {
        close(fd);
        return NULL;
    }
    c->role = role;
    c->reading = reading;
    if (!source_open(&c->source, fd, reading ? EPOLLIN : 0, on_ready)) {
        free(c);
        return NULL;
    }
    connection_count++;
    return c;
}

void refuse(int fd, enum error_code code, const char *message) {
    struct out o = {0};
    out_error(&o, code, "%s", message);
    send(fd, o.data, o.len, MSG_NOSIGNAL | MSG_DONTWAIT);
    out_free(&o);
    close(fd);
}
