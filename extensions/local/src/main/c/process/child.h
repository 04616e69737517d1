/* A child between fork and exec. Unlike pid 1 it may block, and may read files that the sandbox's users have written. */
#ifndef SANDBOXER_CHILD_H
#define SANDBOXER_CHILD_H

#include "common/wire.h"

struct command {
    char **argv, **env; /* env: key, value, key, value, ..., NULL */
    const char *user;
    const char *group; /* NULL or "": the user's primary group */
    const char *cwd; /* NULL: keep the current directory (sudo) */
    bool terminal;   /* descriptor 0 becomes the controlling terminal (sudo) */
    int pty;         /* the master; -1: none */
};

/* Call first after fork. Makes a session, resets signals, and closes all descriptors above 2 but these two; -1: none. */
void child_begin(int status, int kept);
void offer_to_oom_killer(void);
/* Never returns; a failure is written to `status` as an ERROR frame. */
_Noreturn void child_exec(const struct command *c, int status);
_Noreturn void child_fail(int status, enum error_code code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
