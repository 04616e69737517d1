#include "common/roles.h"

#include "common/seccomp.h"
#include "host/host.h"
#include "host/image.h"
#include "host/launch_child.h"
#include "host/launch_options.h"
#include "host/launch_pty.h"
#include "host/launch_undo.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t terminated;

static void on_sigterm(int signo) {
    (void)signo;
    terminated = 1;
}

/* Opens everything below FD_FIRST_FREE, so that what is opened later lies above the child's targets. */
static bool reserve(void) {
    if (fcntl(STDOUT_FILENO, F_GETFD) < 0) return fail("usage", "stdout is closed");
    syscall(SYS_close_range, 3u, ~0u, 0u);
    int fd;
    do fd = open("/dev/null", O_RDWR | O_CLOEXEC);
    while (fd >= 0 && fd < FD_FIRST_FREE - 1);
    return fd >= 0 || fail("io", "/dev/null: %s", strerror(errno));
}

static void detach(void) {
    setsid();
    umask(077);
    signal(SIGINT, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    /* SIGTERM is delivered in await() only, so that it can't be missed; it is handled like any failure. */
    struct sigaction action = {.sa_handler = on_sigterm};
    sigaction(SIGTERM, &action, NULL);
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL);
    /* When bubblewrap dies before it told the pid of its child, the child becomes ours and can be killed. */
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

static bool open_socket(struct launch *l) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t n = strlen(l->socket);
    if (n == 0 || n >= sizeof address.sun_path) return fail("usage", "the socket's path has more than 107 bytes");
    memcpy(address.sun_path, l->socket, n);
    struct stat st;
    if (lstat(l->socket, &st) == 0 && S_ISSOCK(st.st_mode)) unlink(l->socket);
    l->listen = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (l->listen < 0) return fail("io", "socket: %s", strerror(errno));
    umask(0177); /* bind() makes the socket with these permissions and no moment of others */
    bool bound = bind(l->listen, (struct sockaddr *)&address, sizeof address) == 0;
    umask(077);
    l->socket_created = bound;
    if (!bound || listen(l->listen, 1024) != 0) return fail("io", "socket %s: %s", l->socket, strerror(errno));
    return true;
}

static bool open_descriptors(struct launch *l) {
    l->self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    if (l->self < 0) return fail("io", "/proc/self/exe: %s", strerror(errno));
    l->seccomp = seccomp_program_fd();
    if (l->seccomp < 0) return fail("io", "the seccomp program: %s", strerror(errno));
    l->log = memfd_create("bwrap-stderr", MFD_CLOEXEC);
    if (l->log < 0) return fail("io", "memfd: %s", strerror(errno));
    if (pipe2(l->ready, O_CLOEXEC) != 0 || pipe2(l->info, O_CLOEXEC) != 0 || pipe2(l->block, O_CLOEXEC) != 0) {
        return fail("io", "pipe: %s", strerror(errno));
    }
    return true;
}

static bool prepare(struct launch *l) {
    if (!open_socket(l) || !open_descriptors(l)) return false;
    if (l->stage == NULL) return true;
    l->host_mounts = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    return l->host_mounts < 0 ? fail("io", "/proc/self/ns/mnt: %s", strerror(errno)) : own_mounts();
}

/* Puts the sandbox's root on the stage, while bubblewrap makes its namespaces and then waits for its uid map. */
static bool furnish(struct launch *l) {
    if (l->stage == NULL) return true;
    if (l->image_copy != NULL && !image_mount(l->image, l->image_copy, l->stage, l->deadline, &l->copy_created)) return false;
    if (l->tree != NULL && !tree_mount(l->tree, l->stage)) return false;
    return seal_mounts() && (l->real_file == NULL || is_real_file(l->stage, l->real_file));
}

static bool start(struct launch *l) {
    l->monitor = fork();
    if (l->monitor < 0) return fail("io", "fork: %s", strerror(errno));
    if (l->monitor == 0) launch_child(l);
    /* Our copies would keep the pipes from ending with the sandbox. */
    close(l->ready[1]);
    close(l->info[1]);
    close(l->block[0]);
    close(l->listen);
    return true;
}

/* Reads what there is; 0 at the end of the pipe, -1 after fail(). */
static ssize_t await(const struct launch *l, int fd, char *text, size_t size, const char *what) {
    sigset_t all_let_through;
    sigemptyset(&all_let_through);
    for (;;) {
        int left = remaining_ms(l->deadline);
        struct timespec limit = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000L};
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int n = ppoll(&p, 1, &limit, &all_let_through);
        if (terminated) return fail("io", "terminated by a signal") - 1;
        if (n == 0) return fail("timeout", "no word from %s", what) - 1;
        if (n < 0) continue; /* EINTR */
        ssize_t got = read(fd, text, size);
        if (got >= 0) return got;
        if (errno != EINTR) return fail("io", "read: %s", strerror(errno)) - 1;
    }
}

static bool child_failed(char *text) {
    char *code = text + 1, *end = strchr(text, '\n'), *message = strstr(text, ": ");
    if (end == NULL || message == NULL) return fail("bwrap_failed", "bubblewrap was not started");
    *end = *message = '\0';
    return fail(code, "%s", message + 2);
}

/* True when the text holds the whole number, with what follows it. */
static bool find_child_pid(const char *text, pid_t *pid) {
    const char *p = strstr(text, "\"child-pid\"");
    if (p == NULL || (p = strchr(p, ':')) == NULL) return false;
    char *end;
    long n = strtol(p + 1, &end, 10);
    if (*end == '\0' || n < 2) return false;
    *pid = (pid_t)n;
    return true;
}

static bool identify(struct launch *l) {
    char text[2048] = "";
    size_t n = 0;
    while (n < sizeof text - 1) {
        ssize_t got = await(l, l->info[0], text + n, sizeof text - 1 - n, "bubblewrap");
        if (got < 0) return false;
        if (got == 0) break;
        n += (size_t)got;
        text[n] = '\0';
        if (text[0] == '!') return child_failed(text);
        if (find_child_pid(text, &l->child)) return true;
    }
    launch_log(l, text, sizeof text);
    bool refused = strstr(text, "new namespace") != NULL || strstr(text, "uid map") != NULL;
    return fail(refused ? "userns" : "bwrap_failed", "bubblewrap made no sandbox");
}

static bool write_map(const struct launch *l, const char *name) {
    char path[64], map[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)l->child, name);
    snprintf(map, sizeof map, "0 %u %u\n", l->uid_base, l->uid_count);
    return write_file(path, map) || fail("userns", "%s: %s", name, strerror(errno));
}

static bool map_ids(struct launch *l) {
    if (l->map_range && (!write_map(l, "gid_map") || !write_map(l, "uid_map"))) return false;
    if (l->map_range && write(l->block[1], "1", 1) != 1) return fail("bwrap_failed", "bubblewrap ended");
    close(l->block[1]);
    l->block[1] = -1;
    return true;
}

static bool await_ready(const struct launch *l) {
    char byte = 0;
    ssize_t got = await(l, l->ready[0], &byte, 1, "the agent inside the sandbox");
    if (got < 0) return false;
    if (got != 1 || byte != 'R') return fail("bwrap_failed", "the sandbox ended before its agent answered");
    limit_terminals(l);
    return true;
}

/* bubblewrap's first process only waits for its child, and would take 2 MB as long as the sandbox lives. */
static bool dismiss_monitor(const struct launch *l) {
    if (kill(l->monitor, SIGKILL) == 0) waitpid(l->monitor, NULL, 0);
    return true;
}

static bool announce(const struct launch *l) {
    uint64_t start;
    if (!start_time_of(l->child, &start)) {
        return fail("bwrap_failed", "the sandbox has already ended");
    }
    char line[128];
    int n = snprintf(line, sizeof line, "{\"pid\":%d,\"pidStart\":%llu}\n", (int)l->child, (unsigned long long)start);
    return write(STDOUT_FILENO, line, (size_t)n) == n || fail("io", "stdout: %s", strerror(errno));
}

/* Closes stderr to tell the caller that all is done, since on a busy host our exit takes its time. A process that ends the
 * sandbox waits for the lock on stdout, and must not find the disk in use by us then. */
static int leave(const struct launch *l) {
    close(STDERR_FILENO);
    if (l->host_mounts >= 0) setns(l->host_mounts, CLONE_NEWNS);
    return 0;
}

int launch_main(int argc, char **argv) {
    struct launch l = {.log = -1, .host_mounts = -1};
    detach();
    bool ok = launch_options(&l, argc, argv) && reserve() && lock_stdout() && prepare(&l) && start(&l) && furnish(&l) &&
              identify(&l) && map_ids(&l) && await_ready(&l) && dismiss_monitor(&l) && announce(&l);
    return ok ? leave(&l) : launch_undo(&l);
}
