#include "host/launch/launch_child.h"

#include "host/host.h"
#include "host/network/network.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Noreturn void give_up(const struct launch *l, const char *code, const char *what) {
    char text[512];
    int n = snprintf(text, sizeof text, "!%s: %.300s: %s\n", code, what, strerror(errno));
    /* If this fails too, the parent sees the end of the pipe. */
    if (write(l->info[1], text, (size_t)n) != n) _exit(126);
    _exit(127);
}

static void enter_groups(const struct launch *l) {
    for (size_t i = 0; i < l->groups.count; i++) {
        if (!cgroup_enter(l->groups.dir[i], l->groups.v2[i])) give_up(l, "cgroup", l->groups.dir[i]);
    }
}

/* Returns the descriptor that the sandbox's first process keeps open: the lock on its uids, or the pipe that ends its network;
 * -1: none. */
static int held(const struct launch *l) {
    return l->range >= 0 ? l->range : l->lifetime[1];
}

/* All sources lie above the targets (see reserve_descriptors() in launch.c), so no target overwrites a source. */
static void place(const struct launch *l, int from, int to) {
    if (dup2(from, to) < 0) give_up(l, "io", "dup2");
}

static void place_descriptors(const struct launch *l) {
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0) give_up(l, "io", "/dev/null");
    place(l, null, STDIN_FILENO);
    place(l, null, STDOUT_FILENO);
    place(l, l->log, STDERR_FILENO);
    place(l, l->listen, FD_LISTEN);
    place(l, l->ready[1], FD_READY);
    place(l, l->self, FD_SELF);
    place(l, l->seccomp, FD_SECCOMP);
    if (l->map_range) place(l, l->block[0], FD_BLOCK);
    place(l, l->info[1], FD_INFO);
    /* The other end of the info pipe. Without it bubblewrap's outer process would die of SIGPIPE if we are killed before it writes,
     * and leave its child waiting forever. */
    place(l, l->info[0], FD_INFO_END);
    if (held(l) >= 0) place(l, held(l), FD_HELD);
    if (l->count >= 0) place(l, l->count, FD_COUNT);
}

static void become_base(const struct launch *l) {
    if (!l->map_range) return;
    uid_t id = l->uid_base;
    if (setgroups(0, NULL) != 0 || setresgid(id, id, id) != 0 || setresuid(id, id, id) != 0) {
        give_up(l, "userns", "changing to the base of the uid range");
    }
}

enum { FIXED_ARGS = 14 }; /* including those for a uid range and a network */

static char **arguments(const struct launch *l) {
    char **all = calloc((size_t)l->bwrap_argc + (size_t)l->init_argc + FIXED_ARGS + 1, sizeof *all);
    if (all == NULL) give_up(l, "io", "memory");
    int n = 0;
    all[n++] = (char *)l->bwrap;
    all[n++] = (char *)"--seccomp";
    all[n++] = (char *)"6";
    if (l->map_range) {
        all[n++] = (char *)"--userns-block-fd";
        all[n++] = (char *)"7";
    }
    all[n++] = (char *)"--info-fd";
    all[n++] = (char *)"8";
    for (int i = 0; i < l->bwrap_argc; i++) all[n++] = l->bwrap_args[i];
    all[n++] = (char *)"--";
    all[n++] = (char *)"/proc/self/fd/5";
    all[n++] = (char *)"init";
    if (held(l) >= 0) {
        all[n++] = (char *)"--hold";
        all[n++] = (char *)"9";
    }
    if (l->count >= 0) {
        all[n++] = (char *)"--network-count";
        all[n++] = (char *)"10";
    }
    for (int i = 0; i < l->init_argc; i++) all[n++] = l->init_args[i];
    return all;
}

_Noreturn void launch_child(const struct launch *l) {
    setsid(); /* the parent's setsid fails if it leads a process group, but the sandbox must outlive its terminal */
    enter_groups(l);
    if (!network_enter(l)) give_up(l, "network", "entering the network namespace");
    char **args = arguments(l);
    place_descriptors(l);
    become_base(l);
    reset_signals();
    execvp(l->bwrap, args);
    give_up(l, errno == ENOENT || errno == EACCES || errno == ENOTDIR ? "bwrap_missing" : "bwrap_failed", l->bwrap);
}
