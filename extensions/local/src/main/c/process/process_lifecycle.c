#include "process/process_lifecycle.h"

#include "process/process_input.h"
#include "process/process_output.h"

#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ENDED_MS = 30000, DRAIN_MS = 100 };

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
        process_say_exit(p, c);
    process_output_abandon(p);
    if (p->sudo) {
        process_free(p);
        return;
    }
    timer_start(&p->timer, ENDED_MS, expire);
    process_limit_ended();
}

static void drained(struct timer *t) {
    struct process *p = CONTAINER(t, struct process, timer);
    /* Silence counts only if we could have read: on a busy machine the time may be up before we have read anything. */
    if (process_output_blocked(p) || process_output_waiting(p))
        timer_start(t, DRAIN_MS, drained);
    else
        finish(p);
}

/* Something may have been read since the process ended. */
static void drain(struct process *p) {
    if (p->state != DRAINING)
        return;
    bool spared = p->timed_out && (p->flags & START_SPARE_GROUP); /* the rest of the group may write for ever */
    if (spared || process_output_over(p))
        finish(p);
    else
        timer_start(&p->timer, DRAIN_MS, drained);
}

void process_output_ready(struct source *s, uint32_t events) {
    (void)events;
    struct stream *stream = CONTAINER(s, struct stream, source);
    if (process_output_pass_on(stream))
        drain(stream->process);
}

static void failed(struct process *p) {
    for (struct conn *c; (c = process_take_attached(p));) {
        if (p->said.len > 0)
            out_bytes(&c->out, p->said.data, p->said.len);
        else
            out_error(&c->out, E_IO, "the process ended before it could be started");
        conn_finish(c);
    }
    process_free(p);
}

static void started(struct process *p) {
    struct in i = {.p = p->said.data + FRAME_HEADER, .end = p->said.data + p->said.len};
    p->cwd = in_str(&i, NULL);
    out_free(&p->said);
    p->state = RUNNING;
    for (struct conn *c = p->attached, *next; c; c = next) {
        next = c->next_attached;
        process_say_started(p, c);
        conn_flush(c);
        conn_input_done(c);
    }
    process_output_resume(p);
}

/* The pipe is closed by exec, or by the child's end. false: there was no exec, and the process is freed. */
static bool status_over(struct process *p) {
    source_close(&p->status);
    bool ok = p->said.len > FRAME_HEADER && p->said.data[FRAME_HEADER - 1] == F_PROCESS;
    /* The child overwrites nothing: an exec that failed has put an ERROR frame behind its F_PROCESS. */
    size_t first = ok ? FRAME_HEADER + ((size_t)p->said.data[2] << 8 | p->said.data[3]) : 0;
    if (ok && first == p->said.len) {
        started(p);
        return true;
    }
    if (ok) {
        memmove(p->said.data, p->said.data + first, p->said.len - first);
        p->said.len -= first;
    }
    failed(p);
    return false;
}

void process_status_ready(struct source *s, uint32_t events) {
    (void)events;
    struct process *p = CONTAINER(s, struct process, status);
    unsigned char buffer[4096];
    ssize_t n;
    while ((n = read(s->fd, buffer, sizeof buffer)) > 0)
        out_bytes(&p->said, buffer, (size_t)n);
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
    process_input_close_at_once(p);
    drain(p);
}

/* Until its output has been read to the end, a process in the background can still be the one that keeps it coming. */
static void time_out(struct timer *t) {
    struct process *p = CONTAINER(t, struct process, timeout);
    if (!(p->flags & START_SPARE_GROUP))
        kill(-p->child.pid, SIGKILL);
    if (p->state == DRAINING) {
        finish(p);
        return;
    }
    p->timed_out = true;
    kill(p->child.pid, SIGKILL); /* not yet a group of its own, perhaps */
}

void process_forked(struct process *p, pid_t pid, uint64_t timeout_ms) {
    child_watch(&p->child, pid, ended);
    process_list(p);
    if (timeout_ms)
        timer_start(&p->timeout, timeout_ms, time_out);
}
