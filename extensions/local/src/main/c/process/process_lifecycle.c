#include "process/process_lifecycle.h"

#include "process/process_input.h"
#include "process/process_output.h"

#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ENDED_MS = 30000, DRAIN_MS = 100, KILLED_DRAIN_MS = 1000 };

static void expire(struct timer *t) {
    process_free(CONTAINER(t, struct process, timer));
    if (processes_forgotten())
        malloc_trim(0); /* gives back the memory of hundreds of processes */
}

static void finish(struct process *p) {
    process_list_ended(p);
    timer_stop(&p->timeout);
    timer_stop(&p->timer);
    for (struct conn *c; (c = process_take_attached(p));)
        process_send_exit(p, c);
    process_output_abandon(p);
    if (p->sudo) {
        process_free(p);
        return;
    }
    timer_start(&p->timer, ENDED_MS, expire);
    process_limit_ended();
}

/* A child that left the killed process's group may keep the output open and write to it forever. */
static bool drained_long_enough(const struct process *p) {
    return p->drained_by != 0 && now_ms() >= p->drained_by;
}

static void drained(struct timer *t) {
    struct process *p = CONTAINER(t, struct process, timer);
    /* Silence counts only if we could have read: on a busy machine the timer may fire before we have read anything. */
    if (process_output_blocked(p) || (process_output_waiting(p) && !drained_long_enough(p)))
        timer_start(t, DRAIN_MS, drained);
    else
        finish(p);
}

/* Finishes a DRAINING process whose output has ended, or restarts its timer. */
static void drain(struct process *p) {
    if (p->state != DRAINING)
        return;
    if (process_output_over(p))
        finish(p);
    else if (p->timer.at == 0 || !drained_long_enough(p))
        timer_start(&p->timer, DRAIN_MS, drained);
}

void process_output_ready(struct source *s, uint32_t events) {
    (void)events;
    struct stream *stream = CONTAINER(s, struct stream, source);
    if (process_output_forward(stream))
        drain(stream->process);
}

static void failed(struct process *p) {
    for (struct conn *c; (c = process_take_attached(p));) {
        if (p->report.len > 0)
            out_bytes(&c->out, p->report.data, p->report.len);
        else
            out_error(&c->out, E_IO, "the process ended before it could be started");
        conn_finish(c);
    }
    process_free(p);
}

static void started(struct process *p) {
    struct in i = {.p = p->report.data + FRAME_HEADER, .end = p->report.data + p->report.len};
    p->cwd = in_str(&i, NULL);
    out_free(&p->report);
    p->state = RUNNING;
    for (struct conn *c = p->attached, *next; c; c = next) {
        next = c->next_attached;
        process_send_started(p, c);
        conn_flush(c);
        conn_input_done(c);
    }
    process_output_resume(p);
}

/* The status pipe was closed, by exec or by the child's end. */
static void status_over(struct process *p) {
    source_close(&p->status);
    bool ok = p->report.len > FRAME_HEADER && p->report.data[FRAME_HEADER - 1] == F_PROCESS;
    /* If exec failed, the child has written an ERROR frame behind its PROCESS frame. */
    size_t first = ok ? FRAME_HEADER + ((size_t)p->report.data[2] << 8 | p->report.data[3]) : 0;
    if (ok && first == p->report.len) {
        started(p);
        return;
    }
    if (ok) {
        memmove(p->report.data, p->report.data + first, p->report.len - first);
        p->report.len -= first;
    }
    failed(p);
}

void process_status_ready(struct source *s, uint32_t events) {
    (void)events;
    struct process *p = CONTAINER(s, struct process, status);
    unsigned char buffer[4096];
    ssize_t n;
    while ((n = read(s->fd, buffer, sizeof buffer)) > 0)
        out_bytes(&p->report, buffer, (size_t)n);
    if (n == 0)
        status_over(p);
}

static void ended(struct child *child, int status) {
    struct process *p = CONTAINER(child, struct process, child);
    if (p->state == STARTING) {
        process_status_ready(&p->status, EPOLLIN);
        if (p->state == STARTING) /* failed, and freed */
            return;
    }
    p->code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    p->signal = WIFSIGNALED(status) ? (uint32_t)WTERMSIG(status) : 0;
    p->state = DRAINING;
    if (p->timed_out || p->signal == SIGKILL)
        p->drained_by = now_ms() + KILLED_DRAIN_MS;
    process_input_close_at_once(p);
    drain(p);
}

/* Also applies while DRAINING: a background child may keep the output open. */
static void time_out(struct timer *t) {
    struct process *p = CONTAINER(t, struct process, timeout);
    kill(-p->child.pid, SIGKILL);
    if (p->state == DRAINING) {
        finish(p);
        return;
    }
    p->timed_out = true;
    kill(p->child.pid, SIGKILL); /* it may not lead its group yet */
}

void process_forked(struct process *p, pid_t pid, uint64_t timeout_ms) {
    child_watch(&p->child, pid, ended);
    process_list(p);
    if (timeout_ms)
        timer_start(&p->timeout, timeout_ms, time_out);
}
