#include "host/network/user_network.h"

#include "host/host.h"
#include "host/network/nft.h"
#include "host/network/rtnetlink.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* CONNECTIONS is the same limit as for the sandboxes of root; OWN_DESCRIPTORS are for slirp4netns itself. */
enum { CONNECTIONS = 4096, OWN_DESCRIPTORS = 32, LOOPBACK = 1 };

/* slirp4netns takes its addresses from the range for sandboxes. RuleScript has the same addresses. */
static const char ADDRESSES[] = "--cidr=198.18.0.0/24";

/* The report of the namespaces' first process. */
struct outcome {
    const char *failed; /* the step that failed; NULL: none */
    int error;
};

struct setting {
    const char *path, *value;
};

static bool map_itself(uid_t uid, gid_t gid, const char **failed) {
    char users[32], groups[32];
    snprintf(users, sizeof users, "0 %u 1\n", uid);
    snprintf(groups, sizeof groups, "0 %u 1\n", gid);
    const struct setting all[] = {
        {"/proc/self/setgroups", "deny"}, {"/proc/self/gid_map", groups}, {"/proc/self/uid_map", users}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        *failed = all[i].path;
        if (!write_file(all[i].path, all[i].value)) return false;
    }
    return true;
}

static bool set_up(const char **failed) {
    static const struct setting ALL[] = {{"/proc/sys/net/ipv6/conf/default/disable_ipv6", "1"},
                                         {"/proc/sys/net/ipv4/ip_unprivileged_port_start", "0"},
                                         {"/proc/sys/net/ipv4/ping_group_range", "0 0"}};
    for (size_t i = 0; i < sizeof ALL / sizeof ALL[0]; i++) {
        *failed = ALL[i].path;
        if (!write_file(ALL[i].path, ALL[i].value) && (i > 0 || errno != ENOENT)) return false; /* ENOENT: a kernel without IPv6 */
    }
    *failed = "loopback";
    int links = rt_open();
    bool ok = links >= 0 && rt_up(links, LOOPBACK);
    close_quietly(links);
    return ok;
}

/* Runs as the first process of the namespaces: sets them up, reports the outcome, and exits when the parent closes the pipe or dies. */
static _Noreturn void run_first_process(uid_t uid, gid_t gid, int report, const int *release) {
    struct outcome outcome = {0};
    char byte;
    close(release[1]);
    if (map_itself(uid, gid, &outcome.failed) && set_up(&outcome.failed)) outcome.failed = NULL;
    else outcome.error = errno;
    if (write(report, &outcome, sizeof outcome) != sizeof outcome) _exit(1);
    while (read(release[0], &byte, 1) < 0 && errno == EINTR) {}
    _exit(0);
}

int user_network_of(pid_t pid, int *network) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/net", (int)pid);
    *network = open(path, O_RDONLY | O_CLOEXEC);
    return *network < 0 ? -1 : ioctl(*network, NS_GET_USERNS);
}

static bool make_namespaces(struct launch *l, int *report, int *release) {
    uid_t uid = geteuid();
    gid_t gid = getegid();
    struct outcome outcome;
    pid_t pid = (pid_t)syscall(SYS_clone, CLONE_NEWUSER | CLONE_NEWNET | SIGCHLD, 0, 0, 0, 0);
    if (pid == 0) run_first_process(uid, gid, report[1], release);
    if (pid < 0) return fail("userns", "creating a user namespace for the network: %s", strerror(errno));
    close_quietly(report[1]);
    report[1] = -1;
    ssize_t n;
    do n = read(report[0], &outcome, sizeof outcome);
    while (n < 0 && errno == EINTR);
    bool ok = n == sizeof outcome && outcome.failed == NULL;
    if (n != sizeof outcome) fail("network", "the network namespace's first process has ended");
    else if (!ok) fail("network", "%s: %s", outcome.failed, strerror(outcome.error));
    if (ok) l->network_owner = user_network_of(pid, &l->network);
    ok = ok && (l->network_owner >= 0 || fail("network", "opening the network namespace: %s", strerror(errno)));
    close_quietly(release[1]);
    release[1] = -1;
    waitpid(pid, NULL, 0);
    return ok;
}

bool user_network_open(struct launch *l) {
    int report[2] = {-1, -1}, release[2] = {-1, -1};
    bool ok = pipe2(report, O_CLOEXEC) == 0 && pipe2(release, O_CLOEXEC) == 0 && pipe2(l->lifetime, O_CLOEXEC) == 0;
    if (!ok) fail("io", "pipe: %s", strerror(errno));
    ok = ok && make_namespaces(l, report, release);
    for (int i = 0; i < 2; i++) {
        close_quietly(report[i]);
        close_quietly(release[i]);
    }
    return ok;
}

static void limit_descriptors(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    rlim_t wanted = CONNECTIONS + OWN_DESCRIPTORS;
    if (limit.rlim_max > wanted) limit.rlim_max = wanted;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

/* Becomes slirp4netns, with the descriptors of the namespace and of both pipes. It makes namespaces of its own, and then gives
 * up its capabilities and most system calls. */
static _Noreturn void exec_slirp(const struct launch *l, int ready) {
    char network[64], ready_option[32], exit_option[32];
    snprintf(network, sizeof network, "/proc/self/fd/%d", l->network);
    snprintf(ready_option, sizeof ready_option, "--ready-fd=%d", ready);
    snprintf(exit_option, sizeof exit_option, "--exit-fd=%d", l->lifetime[0]);
    const char *const argv[] = {l->slirp, "--configure", "--mtu=65520", ADDRESSES, "--disable-host-loopback",
                                "--enable-sandbox", "--enable-seccomp", ready_option, exit_option,
                                "--netns-type=path", network, "eth0", NULL};
    reset_signals();
    setsid();
    limit_descriptors();
    fcntl(l->network, F_SETFD, 0);
    fcntl(ready, F_SETFD, 0);
    fcntl(l->lifetime[0], F_SETFD, 0);
    if (silence()) execv(l->slirp, (char *const *)argv);
    _exit(127);
}

/* slirp4netns parses what the sandbox sends, so the sandbox may take control of it. In a pid namespace of its own it sees no process to
 * signal, and it is root in its own namespaces only. */
static _Noreturn void enter(const struct launch *l, int ready) {
    bool ok = setns(l->network_owner, CLONE_NEWUSER) == 0 && unshare(CLONE_NEWPID) == 0;
    pid_t pid = ok ? fork() : -1;
    if (pid == 0) exec_slirp(l, ready);
    _exit(pid > 0 ? 0 : 1);
}

static bool start_slirp(struct launch *l) {
    int ready[2], status = -1;
    if (pipe2(ready, O_CLOEXEC) != 0) return fail("io", "pipe: %s", strerror(errno));
    pid_t pid = fork();
    if (pid == 0) enter(l, ready[1]);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
    close_quietly(ready[1]);
    l->slirp_ready = ready[0];
    return status == 0 || fail("network", "%s was not started", l->slirp);
}

bool user_network_connect(struct launch *l) {
    int rules = open(l->rules, O_RDONLY | O_CLOEXEC);
    bool ok = rules >= 0 || fail("io", "%s: %s", l->rules, strerror(errno));
    ok = ok && nft_await(nft_start(l->nft, l->network_owner, l->network, rules, l->log), "the sandbox's rules");
    close_quietly(rules);
    return ok && start_slirp(l);
}

bool user_network_await(const struct launch *l) {
    struct pollfd p = {.fd = l->slirp_ready, .events = POLLIN};
    char byte;
    int n;
    do n = poll(&p, 1, remaining_ms(l->deadline));
    while (n < 0 && errno == EINTR);
    if (n == 0) return fail("timeout", "%s did not answer in time", l->slirp);
    return read(l->slirp_ready, &byte, 1) == 1 || fail("network", "%s did not connect the sandbox", l->slirp);
}
