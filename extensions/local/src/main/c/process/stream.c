#include "process/stream.h"

#include "process/process_input.h"
#include "process/process_output.h"
#include "process/pty.h"

#include <signal.h>

static void violation(struct conn *c) {
    conn_error(c, E_PROTOCOL, "unexpected frame");
}

static void stream_frame(struct conn *c, uint8_t type, const unsigned char *payload, size_t n) {
    struct process *p = c->process;
    struct in i = {.p = payload, .end = payload + n};
    if (type == F_STREAM_INPUT) {
        c->written = 0;
        process_input(p, c);
    } else if (type == F_STREAM_CLOSE_STDIN && n == 0) {
        if (!(p->flags & START_PTY))
            process_input_close(p);
    } else if (type == F_STREAM_RESIZE) {
        uint16_t cols = in_u16(&i), rows = in_u16(&i);
        if (!in_done(&i))
            violation(c);
        else if (p->flags & START_PTY)
            pty_resize(p->output[0].source.fd, cols, rows);
    } else if (type == F_STREAM_SIGNAL) {
        uint32_t signo = in_u32(&i);
        uint8_t group = in_u8(&i);
        if (!in_done(&i))
            violation(c);
        else
            process_signal(p, signo, group);
    } else {
        violation(c);
    }
}

static void stream_room(struct conn *c) {
    if (c->process)
        process_output_resume(c->process);
}

static void stream_closed(struct conn *c) {
    if (!c->process)
        return;
    process_input_forget(c->process, c);
    process_detach(c->process, c);
}

static void stream_input_done(struct conn *c, bool taken) {
    (void)taken;
    conn_input_done(c);
}

const struct role stream_role = {
    .max_payload = MAX_DATA,
    .frame = stream_frame,
    .room = stream_room,
    .gone = stream_room,
    .closed = stream_closed,
    .input_done = stream_input_done,
};
