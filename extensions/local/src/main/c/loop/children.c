#include "loop/children.h"

#include "loop/loop.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BUCKETS = 256, REAPED_AT_ONCE = 256 };

static struct child *table[BUCKETS];
static struct source signals;

static struct child **slot(pid_t pid) {
    struct child **p = &table[(unsigned)pid % BUCKETS];
    while (*p && (*p)->pid != pid)
        p = &(*p)->next;
    return p;
}

void child_watch(struct child *c, pid_t pid, void (*ended)(struct child *, int)) {
    struct child **first = &table[(unsigned)pid % BUCKETS];
    *c = (struct child){.pid = pid, .ended = ended, .next = *first};
    *first = c;
}

void child_forget(struct child *c) {
    struct child **p = slot(c->pid);
    if (*p == c)
        *p = c->next;
}

static struct child *find(pid_t pid) {
    return *slot(pid);
}

void children_kill(void) {
    for (int i = 0; i < BUCKETS; i++)
        for (struct child *c = table[i]; c; c = c->next) {
            kill(-c->pid, SIGKILL);
            kill(c->pid, SIGKILL);
        }
}

/* Reaps a limited number at a time, so that the orphans of a fork bomb can't keep pid 1 busy here. */
static void reap(void) {
    for (int i = 0; i < REAPED_AT_ONCE; i++) {
        int status;
        pid_t pid = waitpid(-1, &status, WNOHANG);
        if (pid <= 0)
            return;
        struct child *c = find(pid);
        if (c) {
            child_forget(c);
            c->ended(c, status);
        }
    }
    loop_run_later(reap);
}

static void on_signal(struct source *s, uint32_t events) {
    (void)events;
    struct signalfd_siginfo info;
    if (read(s->fd, &info, sizeof info) > 0 || errno != EAGAIN)
        reap();
}

bool children_open(void) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    return fd >= 0 && source_open(&signals, fd, EPOLLIN, on_signal);
}
