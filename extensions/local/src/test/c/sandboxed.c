#include "sandboxed.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOBODY = 65534, HIGH = 100, READY_MS = 20000 };
enum { LISTEN = 3, READY = 4, BINARY = 5, INFO = 6, HELPER = 7, PASSED = 8 };

static int listen_at(const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 128) < 0) {
        perror(path);
        exit(1);
    }
    return fd;
}

/* Runs in the child. The agent under test never runs as root, and can write to /tmp and its log only. */
static _Noreturn void run_bwrap(const struct agent *a, const int descriptors[PASSED]) {
    for (int i = LISTEN; i < PASSED; i++)
        if (dup2(descriptors[i], HIGH + i) < 0)
            _exit(1);
    for (int i = LISTEN; i < PASSED; i++)
        dup2(HIGH + i, i);
    close_range(PASSED, ~0U, 0);
    if (geteuid() == 0 && (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0
                           || setresuid(NOBODY, NOBODY, NOBODY) < 0))
        _exit(1);
    setenv("ASAN_OPTIONS", "detect_leaks=0:log_path=/tmp/log/report", 1);
    setenv("UBSAN_OPTIONS", "print_stacktrace=1:log_path=/tmp/log/report", 1);
    execlp("bwrap", "bwrap", "--unshare-all", "--unshare-user", "--uid", "65534", "--gid", "65534",
           "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--bind", a->log, "/tmp/log",
           "--perms", "0755", "--ro-bind-data", "7", "/tmp/helper", "--new-session", "--die-with-parent",
           "--as-pid-1", "--cap-drop", "ALL", "--info-fd", "6", "--", "/proc/self/fd/5", "init", "--listen", "3",
           "--ready", "4", "--deadline-ms", "3600000", "--single-uid", "--env", "LANG=C", NULL);
    perror("bwrap");
    _exit(1);
}

static pid_t child_pid(int info) {
    char text[512] = "";
    size_t n = 0;
    for (ssize_t got; n < sizeof text - 1 && (got = read(info, text + n, sizeof text - 1 - n)) > 0;)
        n += (size_t)got;
    const char *key = strstr(text, "\"child-pid\":");
    return key ? (pid_t)strtol(key + strlen("\"child-pid\":"), NULL, 10) : 0;
}

static bool is_ready(int fd) {
    char byte = 0;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, READY_MS) == 1 && read(fd, &byte, 1) == 1 && byte == 'R';
}

static void make_directories(struct agent *a) {
    strcpy(a->directory, "/tmp/agent-test-XXXXXX");
    if (!mkdtemp(a->directory)) {
        perror(a->directory);
        exit(1);
    }
    snprintf(a->socket, sizeof a->socket, "%s/socket", a->directory);
    snprintf(a->log, sizeof a->log, "%s/log", a->directory);
    mkdir(a->log, 0777);
    chmod(a->log, 0777);
    chmod(a->directory, 0755);
}

bool agent_start(struct agent *a, const char *binary, const char *helper) {
    *a = (struct agent){0};
    make_directories(a);
    int ready[2], info[2];
    if (pipe2(ready, O_CLOEXEC) < 0 || pipe2(info, O_CLOEXEC) < 0)
        return false;
    int descriptors[PASSED] = {[LISTEN] = listen_at(a->socket),
                               [READY] = ready[1],
                               [BINARY] = open(binary, O_RDONLY | O_CLOEXEC),
                               [INFO] = info[1],
                               [HELPER] = open(helper, O_RDONLY | O_CLOEXEC)};
    a->bwrap = fork();
    if (a->bwrap == 0)
        run_bwrap(a, descriptors);
    for (int i = LISTEN; i < PASSED; i++)
        close(descriptors[i]);
    bool ok = is_ready(ready[0]);
    a->pid = ok ? child_pid(info[0]) : 0;
    close(ready[0]);
    close(info[0]);
    if (!ok)
        agent_kill(a);
    return ok;
}

int agent_descriptors(const struct agent *a) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/fd", (int)a->pid);
    DIR *d = opendir(path);
    if (!d)
        return -1;
    int n = 0;
    while (readdir(d))
        n++;
    closedir(d);
    return n;
}

void agent_print_descriptors(const struct agent *a) {
    char path[64], target[256];
    for (int fd = 0; fd < 1024; fd++) {
        snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)a->pid, fd);
        ssize_t n = readlink(path, target, sizeof target - 1);
        if (n > 0) fprintf(stderr, "  %d: %.*s\n", fd, (int)n, target);
    }
}

static void print_file(const char *path) {
    char buffer[4096];
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    for (ssize_t n; (n = read(fd, buffer, sizeof buffer)) > 0;)
        fwrite(buffer, 1, (size_t)n, stderr);
    close(fd);
}

bool agent_reported(const struct agent *a) {
    DIR *d = opendir(a->log);
    bool any = false;
    for (struct dirent *e; d && (e = readdir(d));) {
        char path[400];
        snprintf(path, sizeof path, "%s/%s", a->log, e->d_name);
        if (e->d_name[0] == '.')
            continue;
        any = true;
        print_file(path);
        unlink(path);
    }
    if (d)
        closedir(d);
    return any;
}

void agent_kill(struct agent *a) {
    kill(a->bwrap, SIGKILL);
    waitpid(a->bwrap, NULL, 0);
    unlink(a->socket);
    rmdir(a->log);
    rmdir(a->directory);
}
