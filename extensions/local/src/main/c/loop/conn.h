/* Connections of pid 1. They read and write whole frames, with limited memory in both directions. */
#ifndef SANDBOXER_CONN_H
#define SANDBOXER_CONN_H

#include "common/wire.h"
#include "loop/loop.h"

#include <sys/types.h>

enum { MAX_CONNECTIONS = 2048, CONN_FULL = 256 << 10 };

struct conn;
struct process;

/* What a connection is used for at the moment. All functions but `frame` may be NULL. */
struct role {
    size_t max_payload;
    void (*frame)(struct conn *, uint8_t type, const unsigned char *payload, size_t n);
    void (*room)(struct conn *); /* some of the output was sent */
    void (*gone)(struct conn *); /* the peer has closed both directions; data from it may still be unread */
    void (*closed)(struct conn *);
    /* The frame was written to the process, or never will be. Required for roles that use process_input(). */
    void (*input_done)(struct conn *, bool taken);
};

struct conn {
    struct source source;
    const struct role *role;
    unsigned char header[FRAME_HEADER];
    unsigned char *payload;
    size_t got, room; /* got: bytes of the frame so far, with its header; room: allocated bytes of the payload */
    struct out out;
    size_t sent;
    bool reading, end_of_input, gone, closing;

    struct process *process;
    bool attached; /* in the process's list */
    bool waiting;  /* nothing is read until the frame has been handled, even if the peer is gone */
    size_t written; /* bytes of the payload that need not be written (again) */
    struct conn *next_attached, *next_waiting;
    uint64_t listed; /* LIST: serial of the last process sent */
};

extern unsigned connection_count; /* including those that workers and relays have taken over */

struct conn *conn_new(int fd, const struct role *role, bool reading); /* takes over fd; NULL: failed, and fd is closed */
/* Sends the frames that were appended to c->out. May close the connection: source.fd is -1 then, but the memory is still valid. */
void conn_flush(struct conn *c);
void conn_finish(struct conn *c); /* flushes, and closes as soon as everything is sent */
void conn_error(struct conn *c, enum error_code code, const char *message); /* sends an ERROR frame and finishes */
void conn_ok(struct conn *c);                                                /* sends a DONE frame and finishes */
void conn_read_on(struct conn *c, bool reading);
void conn_input_done(struct conn *c); /* ends `waiting`: the next frame may be read */
size_t conn_unsent(const struct conn *c);
void conn_close(struct conn *c);
int conn_release(struct conn *c); /* forgets the connection, keeps it counted, returns the descriptor */
unsigned char *conn_payload(struct conn *c, size_t *n); /* of the current frame */
void refuse(int fd, enum error_code code, const char *message); /* tries to send an ERROR frame, and closes fd */

#endif
