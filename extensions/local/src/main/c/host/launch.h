/* The parts of `launch`: launch_options.c, launch_child.c (between fork and exec), launch_pty.c, launch_undo.c (after a
 * failure) and launch.c (everything else). */
#ifndef SANDBOXER_LAUNCH_H
#define SANDBOXER_LAUNCH_H

#include "host/cgroup.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The descriptors bubblewrap gets besides 0, 1 and 2. */
enum { FD_LISTEN = 3, FD_READY, FD_SELF, FD_SECCOMP, FD_BLOCK, FD_INFO, FD_FIRST_FREE };

struct launch {
    const char *socket, *image, *image_copy, *tree, *stage, *real_file, *bwrap;
    struct cgroups groups;
    bool map_range; /* a range of ids, else bubblewrap maps the one of the caller */
    uint32_t uid_base, uid_count;
    int64_t deadline;
    char **bwrap_args, **init_args;
    int bwrap_argc, init_argc;

    int listen, self, seccomp, log;    /* log: bubblewrap's stderr */
    int host_mounts;                   /* the mount namespace we came from, when we have one of our own */
    int ready[2], info[2], block[2];   /* pipes */
    bool socket_created, copy_created; /* what a failure removes */
    pid_t monitor, child;              /* bubblewrap outside, pid 1 inside */
};

bool launch_options(struct launch *l, int argc, char **argv);
/* Never returns; a failure before the exec is told on the info pipe, as `!CODE: message`. */
_Noreturn void launch_child(const struct launch *l);
/* The host's pseudo-terminals are few and everybody's: no sandbox gets more than its share. For when its mounts are there
 * and nothing but the agent runs in it. A kernel that refuses is no reason to have no sandbox. */
void limit_terminals(const struct launch *l);
/* Kills and removes all that was made, tells the failure, returns the exit code. */
int launch_undo(const struct launch *l);
void launch_log(const struct launch *l, char *tail, size_t size); /* the last that bubblewrap printed */

#endif
