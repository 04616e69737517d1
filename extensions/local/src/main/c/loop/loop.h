/* The event loop of pid 1: descriptors, timers, and memory that is freed once the current events are handled. */
#ifndef SANDBOXER_LOOP_H
#define SANDBOXER_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

#define CONTAINER(pointer, type, member) ((type *)(void *)((char *)(pointer) - offsetof(type, member)))

struct source {
    int fd; /* -1: closed; `ready` is not called any more */
    uint32_t events;
    void (*ready)(struct source *, uint32_t events);
};

struct timer {
    uint64_t at; /* 0: not running */
    void (*fire)(struct timer *);
    struct timer *next, **link;
};

bool loop_open(void);
_Noreturn void loop_run(void);

/* Takes over fd. On failure closes it and returns false with errno. */
bool source_open(struct source *s, int fd, uint32_t events, void (*ready)(struct source *, uint32_t));
/* Chooses the events to report; 0: only a hang-up, once. */
void source_want(struct source *s, uint32_t events);
void source_close(struct source *s);
int source_release(struct source *s); /* removes the descriptor from the loop and returns it, still open */

uint64_t now_ms(void);
void timer_start(struct timer *t, uint64_t ms, void (*fire)(struct timer *));
void timer_stop(struct timer *t);

void free_later(void *p); /* frees after the current events, which may still point to it */
void loop_run_later(void (*f)(void)); /* calls f once, after the next events */

#endif
