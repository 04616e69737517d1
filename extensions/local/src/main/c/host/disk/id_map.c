#include "host/disk/id_map.h"

#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static bool write_map(pid_t pid, const char *name, const char *map) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, name);
    return write_file(path, map) || fail("userns", "%s: %s", name, strerror(errno));
}

bool id_map_write(pid_t pid, uint32_t inside, uint32_t outside, uint32_t count) {
    char map[64];
    snprintf(map, sizeof map, "%u %u %u\n", inside, outside, count);
    return write_map(pid, "gid_map", map) && write_map(pid, "uid_map", map);
}

int id_map_of(pid_t pid) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/user", (int)pid);
    int users = open(path, O_RDONLY | O_CLOEXEC);
    if (users < 0) fail("userns", "%s: %s", path, strerror(errno));
    return users;
}

/* A new user namespace needs a process until the parent has opened it. This process exits when the parent closes the pipe or dies. */
static _Noreturn void wait_for_end(const int *pipe) {
    char byte;
    close(pipe[1]);
    while (read(pipe[0], &byte, 1) < 0 && errno == EINTR) {}
    _exit(0);
}

int id_map_new(uint32_t inside, uint32_t outside, uint32_t count) {
    int pipe[2];
    if (pipe2(pipe, O_CLOEXEC) != 0) return fail("io", "pipe: %s", strerror(errno)) - 1;
    pid_t pid = (pid_t)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) wait_for_end(pipe);
    int users = -1;
    if (pid < 0) fail("userns", "creating a user namespace: %s", strerror(errno));
    else if (id_map_write(pid, inside, outside, count)) users = id_map_of(pid);
    close(pipe[0]);
    close(pipe[1]);
    if (pid > 0) waitpid(pid, NULL, 0);
    return users;
}
