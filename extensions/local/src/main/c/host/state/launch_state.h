/* The state of one launch: its options, and what has been made so far. */
#ifndef SANDBOXER_LAUNCH_STATE_H
#define SANDBOXER_LAUNCH_STATE_H

#include "host/cgroup.h"
#include "host/proxies/proxies.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The descriptors that bubblewrap gets besides 0, 1 and 2. */
enum { FD_LISTEN = 3, FD_READY, FD_SELF, FD_SECCOMP, FD_BLOCK, FD_INFO, FD_HELD, FD_COUNT, FD_INFO_END, FD_FIRST_FREE };

enum { MAX_SYSTEM = 16, MAX_RESOLVERS = 3 };

struct launch {
    const char *socket, *image, *image_copy, *tree, *stage, *real_file, *bwrap;
    const char *programs;           /* a directory of the disk with our own programs, such as sudo */
    const char *system[MAX_SYSTEM]; /* directories of the host, such as `usr`, that the sandbox gets */
    const char *layer[MAX_SYSTEM];  /* others, such as `var/lib/dpkg`, that it gets only if it may change them */
    size_t system_count, layer_count;
    const char *ranges;             /* a directory, when the sandbox gets uids of its own */
    const char *rules, *nft;        /* a file of rules for nft(8), when the sandbox gets a network */
    const char *count_file;         /* where the agent writes its network traffic when it ends */
    const char *slirp;              /* slirp4netns, when a plain user's sandbox gets a network */
    struct proxies proxies;         /* when the network rules name domains */
    const char *host_network_path;  /* path of the network namespace to connect to; NULL: ours */
    const char *resolver[MAX_RESOLVERS];
    size_t resolver_count;
    struct cgroups groups;
    bool map_range; /* map a range of ids; if false, bubblewrap maps the caller's id alone */
    uint32_t uid_base, uid_count;
    uint32_t shared_base; /* first id of the range that is shared by all sandboxes without a range of their own */
    int64_t deadline;
    char **bwrap_args, **init_args;
    int bwrap_argc, init_argc;

    int listen, self, seccomp, log;    /* log: bubblewrap's stderr */
    int range;                         /* locks the sandbox's range of uids */
    int count;                         /* the open count_file */
    int host_mounts;                   /* the mount namespace that we have left */
    int network, host_network;         /* namespaces, when the sandbox gets a network */
    int network_owner;                 /* the user namespace that a plain user's network belongs to; -1: the host's */
    int slirp_ready;                   /* slirp4netns writes here when it has connected the sandbox */
    int inside_links;                  /* a netlink socket in `network` */
    int ready[2];                      /* a pair of sockets between us and the agent */
    int info[2], block[2];             /* pipes */
    int lifetime[2];                   /* a pipe that ends with the sandbox and makes slirp4netns end */
    bool socket_created, copy_created; /* a failure removes these */
    pid_t monitor, child;              /* bubblewrap outside, pid 1 inside */
};

#endif
