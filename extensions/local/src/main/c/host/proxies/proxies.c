#include "host/proxies/proxies.h"

#include "common/seccomp.h"
#include "host/host.h"
#include "host/proxies/proxy_root.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The rules let this user reach ports 80 and 443. RuleScript and the proxies' configurations use the same user and ports. */
enum { USER = 65534, DNS = 53, HTTP = 10080, TLS = 10443 };

bool proxies_option(struct proxies *p, const char *name, const char *value) {
    if (strcmp(name, "--dnsmasq") == 0) p->dnsmasq = value;
    else if (strcmp(name, "--dnsmasq-config") == 0) p->dnsmasq_config = value;
    else if (strcmp(name, "--nginx") == 0) p->nginx = value;
    else if (strcmp(name, "--nginx-config") == 0) p->nginx_config = value;
    else return false;
    return true;
}

bool proxies_wanted(const struct proxies *p) {
    return p->dnsmasq != NULL && p->dnsmasq_config != NULL && p->nginx != NULL && p->nginx_config != NULL;
}

bool proxies_complete(const struct proxies *p) {
    bool none = p->dnsmasq == NULL && p->dnsmasq_config == NULL && p->nginx == NULL && p->nginx_config == NULL;
    return none || proxies_wanted(p) || fail("usage", "--dnsmasq, --dnsmasq-config, --nginx and --nginx-config go together");
}

/* Applies the seccomp filter of the sandbox's own processes: no namespaces, no mounts. */
static bool filter_calls(int program) {
    static struct sock_filter code[4096];
    ssize_t n = pread(program, code, sizeof code, 0);
    struct sock_fprog filter = {.len = (unsigned short)(n / (ssize_t)sizeof code[0]), .filter = code};
    return n > 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

static bool become_nobody(void) {
    return setgroups(0, NULL) == 0 && setresgid(USER, USER, USER) == 0 && setresuid(USER, USER, USER) == 0;
}

static _Noreturn void run(const char *const argv[], const char *stage, int config, int filter) {
    reset_signals();
    setsid();
    if (proxy_root_enter(stage, config, USER) && silence() && become_nobody() && filter_calls(filter)) {
        syscall(SYS_close_range, 3u, ~0u, 0u);
        execv(argv[0], (char *const *)argv);
    }
    _exit(127);
}

/* Starts a proxy in the sandbox's pid namespace and does not wait for its end. */
static _Noreturn void enter(const struct proxy_place *place, int process, const char *const argv[], int config, int filter) {
    const struct cgroups *g = place->groups;
    bool ok = true;
    for (size_t i = 0; i < g->count; i++) ok = ok && cgroup_enter(g->dir[i], g->v2[i]);
    ok = ok && setns(place->network, CLONE_NEWNET) == 0 && setns(process, CLONE_NEWPID) == 0;
    pid_t pid = ok ? fork() : -1;
    if (pid == 0) run(argv, place->stage, config, filter);
    _exit(pid > 0 ? 0 : 1);
}

static bool start(const struct proxy_place *place, int process, const char *const argv[], const char *config) {
    int file = open(config, O_RDONLY | O_CLOEXEC), filter = seccomp_program_fd(), status = -1;
    pid_t pid = file < 0 || filter < 0 ? -1 : fork();
    if (pid == 0) enter(place, process, argv, file, filter);
    while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
    close_quietly(file);
    close_quietly(filter);
    return status == 0 || fail("network", "%s was not started", argv[0]);
}

/* Must run in the sandbox's network namespace. */
static bool await_port(uint16_t port, int64_t deadline, const char *program) {
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    for (;;) {
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        bool ok = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
        close_quietly(fd);
        if (ok) return true;
        if (remaining_ms(deadline) == 0) return fail("network", "%s does not listen on port %d", program, port);
        poll(NULL, 0, 2);
    }
}

bool proxies_start(const struct proxies *p, const struct proxy_place *place) {
    const char *const dnsmasq[] = {p->dnsmasq, "--conf-file=/config", NULL};
    const char *const nginx[] = {p->nginx, "-e", "stderr", "-p", "/tmp/", "-c", "/config", NULL};
    int process = (int)syscall(SYS_pidfd_open, place->pid, 0);
    bool ok = process >= 0 || fail("gone", "the sandbox has ended");
    ok = ok && start(place, process, dnsmasq, p->dnsmasq_config) && start(place, process, nginx, p->nginx_config);
    close_quietly(process);
    ok = ok && (setns(place->network, CLONE_NEWNET) == 0 || fail("io", "setns: %s", strerror(errno)));
    return ok && await_port(DNS, place->deadline, "dnsmasq") && await_port(HTTP, place->deadline, "nginx") &&
           await_port(TLS, place->deadline, "nginx");
}

static ino_t pid_namespace(pid_t pid) {
    char path[64];
    struct stat st;
    snprintf(path, sizeof path, "/proc/%d/ns/pid", (int)pid);
    return stat(path, &st) == 0 ? st.st_ino : 0;
}

static bool is_of(pid_t pid, uid_t user) {
    char path[64], text[1024] = "", wanted[32];
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    snprintf(wanted, sizeof wanted, "\nUid:\t%u\t", user);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    close_quietly(fd);
    return n > 0 && strstr(text, wanted) != NULL;
}

/* Checks the process again after opening its descriptor, because the pid may have been reused. */
static bool stop(pid_t pid, ino_t namespace, int64_t deadline) {
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (fd < 0) return true;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    bool ours = pid_namespace(pid) == namespace && is_of(pid, USER);
    if (ours) syscall(SYS_pidfd_send_signal, fd, SIGKILL, NULL, 0);
    bool ok = !ours || poll(&p, 1, remaining_ms(deadline)) == 1;
    close(fd);
    return ok || fail("timeout", "process %d has not ended", (int)pid);
}

bool proxies_stop(const struct proxy_place *place) {
    ino_t namespace = pid_namespace(place->pid);
    DIR *proc = namespace == 0 ? NULL : opendir("/proc");
    if (proc == NULL) return fail("gone", "the sandbox has ended");
    bool ok = true;
    for (struct dirent *d; ok && (d = readdir(proc)) != NULL;) {
        pid_t pid = isdigit((unsigned char)d->d_name[0]) ? (pid_t)atol(d->d_name) : 0;
        if (pid > 1 && pid_namespace(pid) == namespace && is_of(pid, USER)) ok = stop(pid, namespace, place->deadline);
    }
    closedir(proc);
    return ok;
}
