#include "common/roles.h"

#include "common/seccomp.h"
#include "host/disk/id_map.h"
#include "host/disk/image.h"
#include "host/host.h"
#include "host/launch/launch_child.h"
#include "host/launch/launch_finish.h"
#include "host/launch/ranges.h"
#include "host/network/network.h"
#include "host/stage/stage.h"
#include "host/state/launch_options.h"
#include "host/state/launch_undo.h"

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

/* Occupies every descriptor below FD_FIRST_FREE, so that descriptors opened later lie above the child's targets. */
static bool reserve_descriptors(void) {
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
    /* SIGTERM is delivered in await() only, so that it can't be missed there. It is handled like any failure. */
    struct sigaction action = {.sa_handler = on_sigterm};
    sigaction(SIGTERM, &action, NULL);
    sigset_t term;
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    sigprocmask(SIG_BLOCK, &term, NULL);
    /* If bubblewrap dies before it reports its child's pid, the child becomes ours and can be killed. */
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
    umask(0177); /* bind() creates the socket with these permissions, without a moment in which others could connect */
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
    if (l->seccomp < 0) return fail("io", "creating the seccomp program: %s", strerror(errno));
    l->log = memfd_create("bwrap-stderr", MFD_CLOEXEC);
    if (l->log < 0) return fail("io", "memfd: %s", strerror(errno));
    bool ok = socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, l->ready) == 0 && pipe2(l->info, O_CLOEXEC) == 0 &&
              pipe2(l->block, O_CLOEXEC) == 0;
    return ok || fail("io", "pipe: %s", strerror(errno));
}

static bool open_count(struct launch *l) {
    l->count = open(l->count_file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    return l->count >= 0 || fail("io", "%s: %s", l->count_file, strerror(errno));
}

static bool prepare(struct launch *l) {
    if (!open_socket(l) || !open_descriptors(l)) return false;
    if (l->rules != NULL && !network_open(l)) return false;
    if (l->count_file != NULL && !open_count(l)) return false;
    if (l->stage == NULL) return true;
    if (l->ranges != NULL) l->range = range_take(l->ranges, l->shared_base, l->uid_count, &l->uid_base);
    if (l->ranges != NULL && l->range < 0) return false;
    l->host_mounts = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    if (l->host_mounts < 0) return fail("io", "/proc/self/ns/mnt: %s", strerror(errno));
    return unshare_mounts() && stage_open(l);
}

/* Runs while bubblewrap makes its namespaces. */
static bool mount_and_connect(struct launch *l) {
    return (l->stage == NULL || stage_disk(l)) && (l->rules == NULL || network_connect(l));
}

static bool start(struct launch *l) {
    l->monitor = fork();
    if (l->monitor < 0) return fail("io", "fork: %s", strerror(errno));
    if (l->monitor == 0) launch_child(l);
    /* With our copies open, the pipes would not end with the sandbox. */
    close(l->ready[1]);
    close(l->info[1]);
    close(l->block[0]);
    close(l->listen);
    return true;
}

/* Waits for data and reads it. Returns 0 at the end of the pipe, -1 after fail(). */
static ssize_t await(const struct launch *l, int fd, char *text, size_t size, const char *what) {
    sigset_t all_let_through;
    sigemptyset(&all_let_through);
    for (;;) {
        int left = remaining_ms(l->deadline);
        struct timespec limit = {.tv_sec = left / 1000, .tv_nsec = left % 1000 * 1000000L};
        struct pollfd p = {.fd = fd, .events = POLLIN};
        int n = ppoll(&p, 1, &limit, &all_let_through);
        if (terminated) return fail("io", "terminated by a signal") - 1;
        if (n == 0) return fail("timeout", "%s did not answer in time", what) - 1;
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

/* Returns true if the text contains the complete number, which some character follows. */
static bool find_child_pid(const char *text, pid_t *pid) {
    const char *p = strstr(text, "\"child-pid\"");
    if (p == NULL || (p = strchr(p, ':')) == NULL) return false;
    char *end;
    long n = strtol(p + 1, &end, 10);
    if (*end == '\0' || n < 2) return false;
    *pid = (pid_t)n;
    return true;
}

static bool await_child_pid(struct launch *l) {
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

/* bubblewrap waits until its ids are mapped; the root must be in place before it is released. */
static bool map_ids(struct launch *l) {
    if (l->map_range && !id_map_write(l->child, 0, l->uid_base, l->uid_count)) return false;
    if (l->stage != NULL && !stage_finish(l)) return false;
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
    return finish_mounts(l);
}

/* bubblewrap's first process only waits for its child, and would use 2 MB for the sandbox's lifetime. */
static bool kill_monitor(const struct launch *l) {
    if (kill(l->monitor, SIGKILL) == 0) waitpid(l->monitor, NULL, 0);
    return true;
}

static bool print_pid(const struct launch *l) {
    uint64_t start;
    if (!start_time_of(l->child, &start)) {
        return fail("bwrap_failed", "the sandbox has already ended");
    }
    char line[128];
    int n = snprintf(line, sizeof line, "{\"pid\":%d,\"pidStart\":%llu}\n", (int)l->child, (unsigned long long)start);
    return write(STDOUT_FILENO, line, (size_t)n) == n || fail("io", "stdout: %s", strerror(errno));
}

/* Releases the agent. It has waited until its pid is printed, because a sandbox whose pid is unknown could not be ended. */
static bool release_agent(const struct launch *l) {
    return send(l->ready[0], "G", 1, MSG_NOSIGNAL) == 1 || fail("bwrap_failed", "the sandbox has already ended");
}

/* Closes stderr to tell the caller that the launch is done, because on a busy host the exit itself takes time. Leaves the mount
 * namespace before the lock on stdout is released: a process that then ends the sandbox must not find the disk in use by us. */
static int signal_success(const struct launch *l) {
    close(STDERR_FILENO);
    if (l->host_mounts >= 0) setns(l->host_mounts, CLONE_NEWNS);
    return 0;
}

int launch_main(int argc, char **argv) {
    struct launch l = {.log = -1, .range = -1, .count = -1, .host_mounts = -1, .network = -1, .host_network = -1,
                       .network_owner = -1, .slirp_ready = -1, .lifetime = {-1, -1}};
    detach();
    bool ok = launch_options(&l, argc, argv) && reserve_descriptors() && lock_stdout() && prepare(&l) && start(&l) &&
              mount_and_connect(&l) && await_child_pid(&l) && map_ids(&l) && await_ready(&l) && network_finish(&l) &&
              kill_monitor(&l) && print_pid(&l) && release_agent(&l);
    return ok ? signal_success(&l) : launch_undo(&l);
}
