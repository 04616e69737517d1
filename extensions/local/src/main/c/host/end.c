#include "common/roles.h"

#include "host/cgroup.h"
#include "host/host.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAX_PIDS = 16 };

struct end {
    pid_t pid[MAX_PIDS];
    uint64_t start[MAX_PIDS];
    size_t pids;
    struct cgroups groups;
    int64_t deadline;
};

static bool parse_pair(struct end *e, const char *pid, const char *flag, const char *start) {
    uint64_t number;
    if (e->pids == MAX_PIDS || strcmp(flag, "--start") != 0) return false;
    if (!parse_number(pid, INT_MAX, &number) || number < 2) return false;
    e->pid[e->pids] = (pid_t)number;
    return parse_number(start, UINT64_MAX, &e->start[e->pids++]);
}

static bool parse(struct end *e, int argc, char **argv) {
    for (int i = 1; i < argc; i += 2) {
        uint64_t number;
        if (i + 1 == argc) return false;
        if (strcmp(argv[i], "--pid") == 0) {
            if (i + 3 >= argc || !parse_pair(e, argv[i + 1], argv[i + 2], argv[i + 3])) return false;
            i += 2;
        } else if (strcmp(argv[i], "--cgroup-v1") == 0) {
            if (!cgroup_add(&e->groups, argv[i + 1], false)) return false;
        } else if (strcmp(argv[i], "--cgroup-v2") == 0) {
            if (!cgroup_add(&e->groups, argv[i + 1], true)) return false;
        } else if (strcmp(argv[i], "--timeout-ms") == 0) {
            if (!parse_number(argv[i + 1], INT_MAX, &number)) return false;
            e->deadline = monotonic_ms() + (int64_t)number;
        } else {
            return false;
        }
    }
    return e->deadline != 0;
}

/* Returns a descriptor to poll, or -1 if the process has ended. Calls fail() if the kernel refuses. */
static int kill_process(pid_t pid, uint64_t start) {
    int fd = open_process(pid, start);
    if (fd >= 0 && syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0) != 0 && errno != ESRCH) {
        fail("io", "killing process %d: %s", (int)pid, strerror(errno));
    }
    return fd;
}

static bool await_processes(const struct end *e, const int *fd) {
    for (size_t i = 0; i < e->pids; i++) {
        if (fd[i] < 0) continue;
        struct pollfd p = {.fd = fd[i], .events = POLLIN};
        int n;
        do n = poll(&p, 1, remaining_ms(e->deadline));
        while (n < 0 && errno == EINTR);
        if (n == 0) return fail("timeout", "process %d has not ended", (int)e->pid[i]);
    }
    return true;
}

/* rmdir fails with EBUSY while the last processes are exiting, and no event tells when they are gone. */
static bool remove_group(const char *dir, bool v2, int64_t deadline) {
    for (int wait = 1;; wait = wait < 16 ? wait * 2 : wait) {
        cgroup_kill(dir, v2);
        if (rmdir(dir) == 0 || errno == ENOENT) return true;
        if (errno != EBUSY && errno != EINTR) return fail("cgroup", "removing %s: %s", dir, strerror(errno));
        int left = remaining_ms(deadline);
        if (left == 0) return fail("timeout", "%s is still in use", dir);
        poll(NULL, 0, left < wait ? left : wait);
    }
}

static bool end_all(const struct end *e) {
    const struct cgroups *g = &e->groups;
    /* Killing a wrong group, such as the root of a hierarchy, would kill the host. */
    for (size_t i = 0; i < g->count; i++) {
        if (cgroup_is_shared(g->dir[i])) return fail("usage", "%s is not the control group of one sandbox", g->dir[i]);
    }
    int fd[MAX_PIDS];
    for (size_t i = 0; i < e->pids; i++) fd[i] = kill_process(e->pid[i], e->start[i]);
    for (size_t i = 0; i < g->count; i++) cgroup_kill(g->dir[i], g->v2[i]);
    /* thawed only after the signal: a frozen process dies without running again */
    for (size_t i = 0; i < g->count; i++) cgroup_thaw(g->dir[i], g->v2[i]);
    if (has_failed() || !await_processes(e, fd)) return false;
    bool ok = true;
    for (size_t i = 0; i < g->count; i++) ok = remove_group(g->dir[i], g->v2[i], e->deadline) && ok;
    return ok;
}

int end_main(int argc, char **argv) {
    struct end e = {0};
    if (!parse(&e, argc, argv)) {
        fail("usage", "end [--pid P --start T]... [--cgroup-v1 DIR]... [--cgroup-v2 DIR] --timeout-ms N");
        return report_failure("");
    }
    return end_all(&e) ? 0 : report_failure("");
}
