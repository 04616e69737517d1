/* The children that pid 1 has forked, by pid. All other children are orphans and are only reaped. */
#ifndef SANDBOXER_CHILDREN_H
#define SANDBOXER_CHILDREN_H

#include <stdbool.h>
#include <sys/types.h>

struct child {
    pid_t pid;
    void (*ended)(struct child *, int status); /* called after child_forget() */
    struct child *next;
};

bool children_open(void); /* SIGCHLD must be blocked */
void child_watch(struct child *c, pid_t pid, void (*ended)(struct child *, int));
void child_forget(struct child *c);
void children_kill(void); /* sends SIGKILL to all and to their process groups */

#endif
