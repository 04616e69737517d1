/* Output goes from the process's pipes or PTY to all attached connections, at the pace of the slowest. */
#include "process/process_output.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

enum { CHUNK = 60 << 10, MAX_ABANDONED = 512 };

static unsigned char buffer[CHUNK];
static unsigned abandoned_count;

void process_attach(struct process *p, struct conn *c) {
    c->process = p;
    c->attached = true;
    c->next_attached = p->attached;
    p->attached = c;
}

struct conn *process_take_attached(struct process *p) {
    struct conn *c = p->attached;
    if (c) {
        p->attached = c->next_attached;
        c->attached = false;
        c->process = NULL;
    }
    return c;
}

void process_send_started(struct process *p, struct conn *c) {
    out_frame(&c->out, F_STARTED);
    out_u32(&c->out, (uint32_t)p->child.pid);
    out_finish(&c->out);
}

void process_send_exit(struct process *p, struct conn *c) {
    out_frame(&c->out, F_EXIT);
    out_u32(&c->out, (uint32_t)p->code);
    out_u32(&c->out, p->signal);
    out_u8(&c->out, p->timed_out);
    out_finish(&c->out);
    conn_finish(c);
}

bool process_output_blocked(const struct process *p) {
    for (const struct conn *c = p->attached; c; c = c->next_attached)
        if (!c->gone && conn_unsent(c) >= CONN_FULL)
            return true;
    return false;
}

bool process_output_waiting(const struct process *p) {
    struct pollfd fds[] = {{.fd = p->output[0].source.fd, .events = POLLIN},
                           {.fd = p->output[1].source.fd, .events = POLLIN}};
    return poll(fds, 2, 0) > 0;
}

bool process_output_over(const struct process *p) {
    return p->output[0].source.fd < 0 && p->output[1].source.fd < 0;
}

static void want(struct process *p, uint32_t events) {
    source_want(&p->output[0].source, events);
    source_want(&p->output[1].source, events);
}

void process_output_resume(struct process *p) {
    if ((p->state == RUNNING || p->state == DRAINING) && !process_output_blocked(p))
        want(p, EPOLLIN);
}

void process_detach(struct process *p, struct conn *c) {
    if (!c->attached)
        return;
    struct conn **l = &p->attached;
    while (*l != c)
        l = &(*l)->next_attached;
    *l = c->next_attached;
    c->attached = false;
    process_output_resume(p);
}

static void send_to_all(struct process *p, uint8_t stream, size_t n) {
    for (struct conn *c = p->attached, *next; c; c = next) {
        next = c->next_attached;
        if (c->gone)
            continue;
        out_frame(&c->out, F_OUTPUT);
        out_u8(&c->out, stream);
        out_bytes(&c->out, buffer, n);
        out_finish(&c->out);
        conn_flush(c);
    }
}

bool process_output_forward(struct stream *s) {
    struct process *p = s->process;
    if (p->state == STARTING) /* a hang-up, which is reported again when reading begins */
        return false;
    if (process_output_blocked(p)) {
        want(p, 0);
        return false;
    }
    ssize_t n = read(s->source.fd, buffer, sizeof buffer);
    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return false;
    if (n > 0)
        send_to_all(p, s->id, (size_t)n);
    else
        source_close(&s->source); /* a PTY that nobody has open any more fails with EIO */
    return true;
}

static void discard(struct source *s, uint32_t events) {
    (void)events;
    ssize_t n = read(s->fd, buffer, sizeof buffer);
    if (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)))
        return;
    source_close(s);
    abandoned_count--;
    free_later(s);
}

/* Keeps the pipe open: otherwise a server in the background would die of SIGPIPE at its next line of log. */
static void abandon(struct source *s) {
    struct source *own = abandoned_count < MAX_ABANDONED ? malloc(sizeof *own) : NULL;
    if (!own) {
        source_close(s);
        return;
    }
    if (source_open(own, source_release(s), EPOLLIN, discard))
        abandoned_count++;
    else
        free(own);
}

void process_output_abandon(struct process *p) {
    for (int i = 0; i < 2; i++) {
        struct stream *stream = &p->output[i];
        if (stream->source.fd >= 0 && stream->id == STREAM_PTY)
            source_close(&stream->source);
        else if (stream->source.fd >= 0)
            abandon(&stream->source);
    }
}
