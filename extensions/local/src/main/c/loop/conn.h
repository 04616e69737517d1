/* Connections of pid 1. They read and write whole frames, and their memory is limited both ways. */
#ifndef SANDBOXER_CONN_H
#define SANDBOXER_CONN_H

#include "loop/loop.h"
#include "common/wire.h"

#include <sys/types.h>

enum { MAX_CONNECTIONS = 2048, CONN_FULL = 256 << 10 };

struct conn;
struct process;

/* What a connection is used for at the moment. All but `frame` may be missing. */
struct role {
    size_t max_payload;
    void (*frame)(struct conn *, uint8_t type, const unsigned char *payload, size_t n);
    void (*room)(struct conn *); /* some of the output has gone */
    void (*gone)(struct conn *); /* the peer has closed both sides; what it has sent may still be unread here */
    void (*closed)(struct conn *);
    /* The process has taken the frame, or never will: must be there for roles that use process_input(). */
    void (*input_done)(struct conn *, bool taken);
};

struct conn {
    struct source source;
    const struct role *role;
    unsigned char header[FRAME_HEADER];
    unsigned char *payload;
    size_t got, room; /* bytes of the frame so far, header included; allocated bytes of the payload */
    struct out out;
    size_t sent;
    bool reading, end_of_input, gone, closing;

    struct process *process;
    bool attached; /* in the process's list */
    bool waiting;            /* nothing is read until the frame has been handled, even when the peer is gone */
    size_t written;
    struct conn *next_attached, *next_waiting;
    uint64_t listed; /* LIST: serial of the last process told */
};

extern unsigned connection_count; /* with those that workers and relays have taken over */

struct conn *conn_new(int fd, const struct role *role, bool reading); /* takes over fd; NULL: closed */
/* Append frames to c->out, then flush. It may close the connection: source.fd is -1 then, the memory still there. */
void conn_flush(struct conn *c);
void conn_finish(struct conn *c); /* flush, and close as soon as everything is sent */
void conn_error(struct conn *c, enum error_code code, const char *message); /* an ERROR frame, and finish */
void conn_ok(struct conn *c);                                                /* an OK frame, and finish */
void conn_read_on(struct conn *c, bool reading);
void conn_input_done(struct conn *c); /* the end of `waiting`: the next frame may be read */
size_t conn_unsent(const struct conn *c);
void conn_close(struct conn *c);
int conn_release(struct conn *c); /* forgets the connection, keeps it counted, returns the descriptor */
unsigned char *conn_payload(struct conn *c, size_t *n); /* of the frame being handled */
void refuse(int fd, enum error_code code, const char *message); /* one ERROR frame, as far as it goes, and close */

#endif
