#include "init/requests.h"

#include "init/deadline.h"
#include "init/dial.h"
#include "init/worker.h"
#include "loop/conn.h"
#include "process/process_input.h"
#include "process/process_output.h"
#include "process/pty.h"
#include "process/start.h"
#include "process/stream.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

enum { PROTOCOL_VERSION = 1, LIST_AHEAD = 64 << 10 };

static void ping(struct conn *c) {
    out_frame(&c->out, F_PONG);
    out_u32(&c->out, PROTOCOL_VERSION);
    out_u64(&c->out, deadline_remaining());
    out_u32(&c->out, processes_alive());
    out_u32(&c->out, connection_count);
    out_finish(&c->out);
    conn_finish(c);
}

static void put_process(struct conn *c, const struct process *p) {
    out_frame(&c->out, F_PROCESS);
    out_u32(&c->out, (uint32_t)p->child.pid);
    out_str(&c->out, p->tag, strlen(p->tag));
    out_bytes(&c->out, p->command.data, p->command.len);
    out_str(&c->out, p->cwd, strlen(p->cwd));
    out_u8(&c->out, p->flags);
    out_finish(&c->out);
}

/* Fills the buffer with up to LIST_AHEAD bytes of the list. Returns false once the list is complete and the connection finished. */
static bool list_some(struct conn *c) {
    for (struct process *p; conn_unsent(c) < LIST_AHEAD; c->listed = p->serial) {
        p = process_next(c->listed);
        if (!p) {
            out_frame(&c->out, F_END);
            out_finish(&c->out);
            conn_finish(c);
            return false;
        }
        put_process(c, p);
    }
    return true;
}

/* Sends as much as the peer takes. The loop calls this again only after a partial write; after a complete one, this sends the next part
 * itself. */
static void list_more(struct conn *c) {
    while (list_some(c)) {
        conn_flush(c);
        if (c->source.fd < 0 || c->gone || conn_unsent(c) > 0)
            return;
    }
}

static void nothing_more(struct conn *c, uint8_t type, const unsigned char *payload, size_t n) {
    (void)type, (void)payload, (void)n;
    conn_error(c, E_PROTOCOL, "unexpected frame");
}

static const struct role list_role = {.frame = nothing_more, .room = list_more};

static void list(struct conn *c) {
    c->role = &list_role;
    conn_read_on(c, false);
    if (c->source.fd >= 0)
        list_more(c);
}

static void attach(struct conn *c, struct process *p) {
    process_send_started(p, c);
    if (p->state == ENDED) {
        process_send_exit(p, c);
        return;
    }
    c->role = &stream_role;
    process_attach(p, c);
    conn_flush(c);
}

static void send_signal(struct conn *c, struct process *p, uint32_t signo, bool group) {
    if (signo >= NSIG)
        conn_error(c, E_INVALID, "no such signal");
    else if (process_signal(p, signo, group))
        conn_ok(c);
    else if (errno == EPERM)
        conn_error(c, E_PERMISSION, "the process may not be signalled");
    else
        conn_error(c, E_PROCESS_NOT_FOUND, "the process has ended");
}

static void input_done(struct conn *c, bool taken) {
    c->waiting = false;
    c->process = NULL;
    if (taken)
        conn_ok(c);
    else
        conn_error(c, E_STDIN_CLOSED, "stdin is closed");
}

static void input_gone(struct conn *c) {
    if (c->process)
        process_input_forget(c->process, c);
    c->process = NULL;
}

static const struct role input_role = {
    .max_payload = MAX_PAYLOAD,
    .frame = nothing_more,
    .gone = input_gone,
    .closed = input_gone,
    .input_done = input_done,
};

static void input(struct conn *c, struct process *p, struct in *i, const unsigned char *payload) {
    size_t n;
    const unsigned char *bytes = in_bytes(i, &n);
    if (!in_done(i) || n > MAX_DATA) {
        conn_error(c, E_PROTOCOL, "malformed request");
        return;
    }
    c->role = &input_role;
    c->process = p;
    c->written = (size_t)(bytes - payload);
    if (!process_input(p, c))
        input_done(c, false);
}

static void close_stdin(struct conn *c, struct process *p) {
    if (p->flags & START_PTY) {
        conn_error(c, E_INVALID, "a terminal's input can't be closed");
        return;
    }
    process_input_close(p);
    conn_ok(c);
}

static void resize(struct conn *c, struct process *p, uint16_t cols, uint16_t rows) {
    if (!(p->flags & START_PTY)) {
        conn_error(c, E_INVALID, "the process has no terminal");
        return;
    }
    pty_resize(p->output[0].source.fd, cols, rows);
    conn_ok(c);
}

/* Handles the requests that begin with a selector of a process. */
static void about_process(struct conn *c, uint8_t type, const unsigned char *payload, size_t n) {
    struct in i = {.p = payload, .end = payload + n};
    uint32_t pid = in_u32(&i);
    char *tag = in_str(&i, NULL);
    struct process *p = process_find(pid, tag);
    free(tag);
    uint32_t first = type == F_SIGNAL ? in_u32(&i) : type == F_RESIZE ? in_u16(&i) : 0;
    uint16_t second = type == F_SIGNAL ? in_u8(&i) : type == F_RESIZE ? in_u16(&i) : 0;
    if (i.bad || (type != F_INPUT && !in_done(&i)))
        conn_error(c, E_PROTOCOL, "malformed request");
    else if (!p)
        conn_error(c, E_PROCESS_NOT_FOUND, "no such process");
    else if (type == F_ATTACH)
        attach(c, p);
    else if (type == F_SIGNAL)
        send_signal(c, p, first, second);
    else if (type == F_INPUT)
        input(c, p, &i, payload);
    else if (type == F_CLOSE_STDIN)
        close_stdin(c, p);
    else
        resize(c, p, (uint16_t)first, second);
}

static void deadline(struct conn *c, const unsigned char *payload, size_t n) {
    struct in i = {.p = payload, .end = payload + n};
    uint64_t ms = in_u64(&i);
    if (!in_done(&i)) {
        conn_error(c, E_PROTOCOL, "malformed request");
        return;
    }
    if (ms > 0)
        deadline_set(ms); /* before the answer, after which the host may freeze us at once */
    conn_ok(c);
    if (ms == 0)
        deadline_set(0);
}

static void request_frame(struct conn *c, uint8_t type, const unsigned char *payload, size_t n) {
    if (type == F_PING && n == 0)
        ping(c);
    else if (type == F_DEADLINE)
        deadline(c, payload, n);
    else if (type == F_START)
        start_request(c, payload, n);
    else if (type == F_LIST && n == 0)
        list(c);
    else if (type >= F_ATTACH && type <= F_RESIZE && type != F_LIST)
        about_process(c, type, payload, n);
    else if (type >= F_STAT && type <= F_WATCH)
        worker_request(c, type, payload, n);
    else if (type == F_DIAL)
        dial_request(c, payload, n);
    else
        conn_error(c, E_PROTOCOL, "unknown or malformed request");
}

static const struct role request_role = {.max_payload = MAX_PAYLOAD, .frame = request_frame};

void serve_host(int fd) {
    if (connection_count >= MAX_CONNECTIONS)
        refuse(fd, E_LIMIT, "too many connections");
    else
        conn_new(fd, &request_role, true);
}
