#include "loop/loop.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 64 };

static int epoll = -1;
static struct timer *timers;
/* The time of the first timer, or earlier if that timer was stopped: one useless wake-up is cheaper than a search. */
static uint64_t next_due = UINT64_MAX;
static void **garbage;
static size_t garbage_count, garbage_room;
static void (*later)(void);

bool loop_open(void) {
    epoll = epoll_create1(EPOLL_CLOEXEC);
    return epoll >= 0;
}

uint64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_BOOTTIME, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

/* A source that wants no event is edge-triggered, so a hang-up, which can't be masked, is reported once instead of continuously.
 * It stays in epoll, so that wanting events again can't fail for lack of memory. */
static struct epoll_event interest(struct source *s, uint32_t events) {
    return (struct epoll_event){.events = events ? events : (uint32_t)EPOLLET, .data.ptr = s};
}

bool source_open(struct source *s, int fd, uint32_t events, void (*ready)(struct source *, uint32_t)) {
    *s = (struct source){.fd = fd, .events = events, .ready = ready};
    struct epoll_event e = interest(s, events);
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &e) == 0)
        return true;
    int error = errno;
    close(fd);
    s->fd = -1;
    errno = error;
    return false;
}

void source_want(struct source *s, uint32_t events) {
    if (s->fd < 0 || s->events == events)
        return;
    s->events = events;
    struct epoll_event e = interest(s, events);
    epoll_ctl(epoll, EPOLL_CTL_MOD, s->fd, &e);
}

int source_release(struct source *s) {
    int fd = s->fd;
    /* close() is not enough: a child that has not called exec yet may have a duplicate, which keeps the descriptor registered. */
    epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL);
    s->fd = -1;
    return fd;
}

void source_close(struct source *s) {
    if (s->fd >= 0)
        close(source_release(s));
}

void timer_stop(struct timer *t) {
    if (!t->at)
        return;
    *t->link = t->next;
    if (t->next)
        t->next->link = t->link;
    t->at = 0;
}

void timer_start(struct timer *t, uint64_t ms, void (*fire)(struct timer *)) {
    timer_stop(t);
    uint64_t now = now_ms();
    t->at = ms > UINT64_MAX - 1 - now ? UINT64_MAX - 1 : now + ms;
    t->fire = fire;
    t->next = timers;
    t->link = &timers;
    if (timers)
        timers->link = &t->next;
    timers = t;
    if (t->at < next_due)
        next_due = t->at;
}

static struct timer *due(uint64_t now) {
    next_due = UINT64_MAX;
    for (struct timer *t = timers; t; t = t->next) {
        if (t->at <= now) {
            next_due = 0; /* there may be more */
            return t;
        }
        if (t->at < next_due)
            next_due = t->at;
    }
    return NULL;
}

static void fire_timers(void) {
    uint64_t now = now_ms();
    if (now < next_due)
        return;
    for (struct timer *t; (t = due(now));) {
        timer_stop(t);
        t->fire(t);
    }
}

static int wait_ms(void) {
    if (later)
        return 0;
    if (next_due == UINT64_MAX)
        return -1;
    uint64_t now = now_ms();
    if (next_due <= now)
        return 0;
    return next_due - now > INT_MAX ? INT_MAX : (int)(next_due - now);
}

void free_later(void *p) {
    if (garbage_count == garbage_room) {
        garbage_room = garbage_room ? garbage_room * 2 : 32;
        garbage = realloc(garbage, garbage_room * sizeof *garbage);
        if (!garbage)
            abort();
    }
    garbage[garbage_count++] = p;
}

static void free_garbage(void) {
    while (garbage_count > 0)
        free(garbage[--garbage_count]);
}

void loop_run_later(void (*f)(void)) {
    later = f;
}

void loop_run(void) {
    for (;;) {
        struct epoll_event events[BATCH];
        int n = epoll_wait(epoll, events, BATCH, wait_ms());
        for (int i = 0; i < n; i++) {
            struct source *s = events[i].data.ptr;
            if (s->fd >= 0)
                s->ready(s, events[i].events);
        }
        void (*f)(void) = later;
        later = NULL;
        if (f)
            f();
        fire_timers();
        free_garbage();
    }
}
