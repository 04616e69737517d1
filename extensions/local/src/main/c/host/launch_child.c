#include "host/launch_child.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Noreturn void give_up(const struct launch *l, const char *code, const char *what) {
    char text[512];
    int n = snprintf(text, sizeof text, "!%s: %.300s: %s\n", code, what, strerror(errno));
    /* When even that fails, the parent sees the end of the pipe. */
    if (write(l->info[1], text, (size_t)n) != n) _exit(126);
    _exit(127);
}

static void enter_groups(const struct launch *l) {
    for (size_t i = 0; i < l->groups.count; i++) {
        if (!cgroup_enter(l->groups.dir[i], l->groups.v2[i])) give_up(l, "cgroup", l->groups.dir[i]);
    }
}

/* The sources all lie above the targets (see reserve() in launch.c), so none overwrites another. */
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
}

static void become_base(const struct launch *l) {
    if (!l->map_range) return;
    uid_t id = l->uid_base;
    if (setgroups(0, NULL) != 0 || setresgid(id, id, id) != 0 || setresuid(id, id, id) != 0) {
        give_up(l, "userns", "changing to the base of the uid range");
    }
}

enum { FIXED_ARGS = 10 }; /* with those of a uid range */

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
    for (int i = 0; i < l->init_argc; i++) all[n++] = l->init_args[i];
    return all;
}

_Noreturn void launch_child(const struct launch *l) {
    setsid(); /* the parent's fails when it leads a process group; the sandbox must outlive that terminal, too */
    enter_groups(l);
    char **args = arguments(l);
    place_descriptors(l);
    become_base(l);
    signal(SIGTERM, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    execvp(l->bwrap, args);
    give_up(l, errno == ENOENT || errno == EACCES || errno == ENOTDIR ? "bwrap_missing" : "bwrap_failed", l->bwrap);
}
