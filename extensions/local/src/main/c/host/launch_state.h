/* What the parts of `launch` know of one launch: what was asked for, and what was made so far. */
#ifndef SANDBOXER_LAUNCH_STATE_H
#define SANDBOXER_LAUNCH_STATE_H

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

#endif
