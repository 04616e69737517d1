/* The event loop of pid 1: descriptors, timers, and memory that lives until the current events are dealt with. */
#ifndef SANDBOXER_LOOP_H
#define SANDBOXER_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

#define CONTAINER(pointer, type, member) ((type *)(void *)((char *)(pointer) - offsetof(type, member)))

struct source {
    int fd; /* -1: closed, `ready` isn't called any more */
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

/* Takes over fd, also when it fails (closed then; errno says why). */
bool source_open(struct source *s, int fd, uint32_t events, void (*ready)(struct source *, uint32_t));
/* 0: nothing but a hang-up, and that once. */
void source_want(struct source *s, uint32_t events);
void source_close(struct source *s);
int source_release(struct source *s); /* out of the loop, but not closed */

uint64_t now_ms(void);
void timer_start(struct timer *t, uint64_t ms, void (*fire)(struct timer *));
void timer_stop(struct timer *t);

void free_later(void *p); /* events already fetched may still point there */
void loop_again(void (*f)(void)); /* calls f once after the next look at the descriptors */

#endif
