#include "process/process.h"

#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MAX_COMMANDS = 64 << 20 }; /* bytes of argv and env kept for LIST, of all processes together */

static struct process *all;
static unsigned alive, ended_count;
static size_t commands;
static uint64_t serials;

unsigned processes_alive(void) {
    return alive;
}

bool process_room(size_t command_length) {
    return alive < MAX_PROCESSES && commands + command_length <= MAX_COMMANDS;
}

struct process *process_new(void) {
    struct process *p = calloc(1, sizeof *p);
    if (!p)
        return NULL;
    p->status.fd = p->input.fd = p->output[0].source.fd = p->output[1].source.fd = -1;
    p->output[0].process = p->output[1].process = p;
    return p;
}

static void free_command(struct process *p) {
    commands -= p->command.len;
    out_free(&p->command);
    free(p->cwd);
    p->cwd = NULL;
}

static void leave_list(struct process *p) {
    if (!p->link)
        return;
    *p->link = p->next;
    if (p->next)
        p->next->link = p->link;
    p->link = NULL;
}

static void enter_list(struct process *p) {
    p->serial = ++serials;
    p->next = all;
    p->link = &all;
    if (all)
        all->link = &p->next;
    all = p;
    alive++;
    commands += p->command.len;
}

void process_free(struct process *p) {
    child_forget(&p->child);
    source_close(&p->status);
    source_close(&p->input);
    source_close(&p->output[0].source);
    source_close(&p->output[1].source);
    timer_stop(&p->timeout);
    timer_stop(&p->timer);
    if (p->link) {
        free_command(p);
        if (p->state == ENDED)
            ended_count--;
        else
            alive--;
        leave_list(p);
    } else {
        out_free(&p->command);
    }
    out_free(&p->said);
    free(p->tag);
    free_later(p);
}

/* Of several with the same tag the newest that runs; else the newest of those that come after. */
struct process *process_find(uint32_t pid, const char *tag) {
    struct process *found = NULL;
    for (struct process *p = all; p; p = p->next) {
        if (p->state == STARTING || p->sudo || (found && p->state >= found->state))
            continue;
        if (pid ? (uint32_t)p->child.pid == pid : *tag && strcmp(p->tag, tag) == 0)
            found = p;
    }
    return found;
}

struct process *process_next(uint64_t serial) {
    struct process *found = NULL;
    for (struct process *p = all; p && p->serial > serial; p = p->next)
        if (p->state != STARTING && p->state != ENDED && !p->sudo)
            found = p;
    return found;
}

/* While a child isn't reaped its pid is its own. Its group outlives it as long as it has members, and background
 * children that hold the output usually are; later nothing vouches for the number. */
bool process_signal(struct process *p, uint32_t signo, bool group) {
    if (p->state == ENDED || (p->state == DRAINING && !group))
        return false;
    return kill(group ? -p->child.pid : p->child.pid, (int)signo) == 0;
}

void process_attach(struct process *p, struct conn *c) {
    c->process = p;
    c->attached = true;
    c->next_attached = p->attached;
    p->attached = c;
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

void process_say_started(struct process *p, struct conn *c) {
    out_frame(&c->out, F_STARTED);
    out_u32(&c->out, (uint32_t)p->child.pid);
    out_finish(&c->out);
}

void process_say_exit(struct process *p, struct conn *c) {
    out_frame(&c->out, F_EXIT);
    out_u32(&c->out, (uint32_t)p->code);
    out_u32(&c->out, p->signal);
    out_u8(&c->out, p->timed_out);
    out_finish(&c->out);
    conn_finish(c);
}

static struct conn *take_attached(struct process *p) {
    struct conn *c = p->attached;
    if (c) {
        p->attached = c->next_attached;
        c->attached = false;
        c->process = NULL;
    }
    return c;
}

static void expire(struct timer *t) {
    process_free(CONTAINER(t, struct process, timer));
    if (alive == 0 && ended_count == 0)
        malloc_trim(0); /* what hundreds of processes took */
}

static void make_room_among_the_ended(void) {
    struct process *oldest = NULL;
    for (struct process *p = all; p && ended_count > MAX_ENDED; p = p->next)
        if (p->state == ENDED)
            oldest = p;
    if (oldest)
        process_free(oldest);
}

static void finish(struct process *p) {
    p->state = ENDED;
    alive--;
    ended_count++;
    timer_stop(&p->timeout);
    timer_stop(&p->timer);
    free_command(p);
    for (struct conn *c; (c = take_attached(p));)
        process_say_exit(p, c);
    process_output_abandon(p);
    if (p->sudo) {
        process_free(p);
        return;
    }
    timer_start(&p->timer, ENDED_MS, expire);
    make_room_among_the_ended();
}

static void drained(struct timer *t) {
    struct process *p = CONTAINER(t, struct process, timer);
    /* Silence counts only when somebody has listened: with little processor, the time is up before we have read anything. */
    if (process_output_blocked(p) || process_output_waiting(p))
        timer_start(t, DRAIN_MS, drained);
    else
        finish(p);
}

void process_drain(struct process *p) {
    if (p->state != DRAINING)
        return;
    bool spared = p->timed_out && (p->flags & START_SPARE_GROUP); /* they may go on writing for ever */
    if (spared || process_output_over(p))
        finish(p);
    else
        timer_start(&p->timer, DRAIN_MS, drained);
}

static void failed(struct process *p) {
    for (struct conn *c; (c = take_attached(p));) {
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
    process_drain(p);
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
    enter_list(p);
    if (timeout_ms)
        timer_start(&p->timeout, timeout_ms, time_out);
}
