/* A frame of input stays in its connection's buffer until it is written to the process. Until then nothing more is read from that
 * connection. */
#include "process/process_input.h"

#include <errno.h>
#include <unistd.h>

static void done(struct process *p, bool taken) {
    struct conn *c = p->waiting;
    p->waiting = c->next_waiting;
    c->next_waiting = NULL;
    c->role->input_done(c, taken);
}

void process_input_close_at_once(struct process *p) {
    source_close(&p->input);
    while (p->waiting)
        done(p, false);
}

static void write_waiting(struct process *p) {
    while (p->waiting) {
        struct conn *c = p->waiting;
        size_t n;
        unsigned char *payload = conn_payload(c, &n);
        ssize_t written = c->written < n ? write(p->input.fd, payload + c->written, n - c->written) : 0;
        if (written < 0 && errno == EAGAIN) {
            source_want(&p->input, EPOLLOUT);
            return;
        }
        if (written < 0 && errno != EINTR) {
            process_input_close_at_once(p);
            return;
        }
        c->written += written > 0 ? (size_t)written : 0;
        if (c->written >= n)
            done(p, true);
    }
    source_want(&p->input, 0);
    if (p->input_closing)
        source_close(&p->input);
}

void process_input_ready(struct source *s, uint32_t events) {
    struct process *p = CONTAINER(s, struct process, input);
    if (p->waiting)
        write_waiting(p);
    else if (!(p->flags & START_PTY) && (events & EPOLLERR)) /* the other end was closed */
        source_close(s);
}

bool process_input(struct process *p, struct conn *c) {
    if (p->input.fd < 0 || p->input_closing)
        return false;
    struct conn **last = &p->waiting;
    while (*last)
        last = &(*last)->next_waiting;
    *last = c;
    c->waiting = true;
    if (p->waiting == c)
        write_waiting(p);
    if (c->waiting)
        conn_read_on(c, false);
    return true;
}

void process_input_forget(struct process *p, struct conn *c) {
    struct conn **l = &p->waiting;
    while (*l && *l != c)
        l = &(*l)->next_waiting;
    if (*l)
        *l = c->next_waiting;
    c->waiting = false;
}

void process_input_close(struct process *p) {
    p->input_closing = true;
    if (!p->waiting)
        source_close(&p->input);
}
