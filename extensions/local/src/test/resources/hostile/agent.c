/* Attacks on the agent, which is pid 1, and on other processes. */
#include "attack.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>

static void try_link(const char *name, const char *path) {
    char text[256];
    tried(name, readlink(path, text, sizeof text));
}

void attack_agent_memory(void) {
    tried("ptrace-attach", ptrace(PTRACE_ATTACH, 1, 0, 0));
    tried("ptrace-seize", ptrace(PTRACE_SEIZE, 1, 0, 0));
    char byte;
    struct iovec here = {&byte, 1}, there = {(void *)0x400000, 1};
    tried("process_vm_readv", process_vm_readv(1, &here, 1, &there, 1, 0));
    tried("process_vm_writev", process_vm_writev(1, &here, 1, &there, 1, 0));
    try_open("mem", "/proc/1/mem", O_RDWR);
    try_open("mem-read", "/proc/1/mem", O_RDONLY);
    try_open("exe", "/proc/1/exe", O_RDONLY);
    try_open("exe-write", "/proc/1/exe", O_WRONLY);
    try_open("fd", "/proc/1/fd/3", O_RDONLY);
    try_open("root", "/proc/1/root/etc", O_RDONLY);
    try_open("cwd", "/proc/1/cwd/etc", O_RDONLY);
    try_link("exe-link", "/proc/1/exe");
    try_link("root-link", "/proc/1/root");
    try_link("fd-link", "/proc/1/fd/3");
    try_link("namespace", "/proc/1/ns/mnt");
    try_open("syscall", "/proc/1/syscall", O_RDONLY);
    int pidfd = (int)syscall(SYS_pidfd_open, 1, 0);
    tried("pidfd_getfd", syscall(SYS_pidfd_getfd, pidfd, 3, 0));
    tried("process_madvise", syscall(SYS_process_madvise, pidfd, &there, 1, 21, 0));
    try_write("oom_score_adj", "/proc/1/oom_score_adj", "1000");
    char environ[16];
    int fd = open("/proc/1/environ", O_RDONLY);
    tried("environ", fd < 0 ? fd : read(fd, environ, sizeof environ));
}

/* Sends every signal. The kernel refuses those of user 1000, and drops those of root. */
void attack_agent_signals(void) {
    for (int signo = 1; signo <= SIGRTMAX; signo++) {
        char name[32];
        snprintf(name, sizeof name, "kill-%d", signo);
        if (signo != 32 && signo != 33) tried(name, kill(1, signo));
    }
    tried("tgkill", syscall(SYS_tgkill, 1, 1, SIGKILL));
    union sigval value = {.sival_int = 1};
    tried("sigqueue", sigqueue(1, SIGKILL, value));
    int pidfd = (int)syscall(SYS_pidfd_open, 1, 0);
    tried("pidfd_send_signal", syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0));
}

void attack_agent_limits(void) {
    static const struct { const char *name; int resource; } limits[] = {
        {"nofile", RLIMIT_NOFILE}, {"as", RLIMIT_AS}, {"data", RLIMIT_DATA}, {"nproc", RLIMIT_NPROC},
        {"fsize", RLIMIT_FSIZE}, {"cpu", RLIMIT_CPU}, {"sigpending", RLIMIT_SIGPENDING}, {"stack", RLIMIT_STACK},
    };
    struct rlimit none = {0, 0};
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        char name[64];
        snprintf(name, sizeof name, "prlimit-%s", limits[i].name);
        tried(name, prlimit(1, (enum __rlimit_resource)limits[i].resource, &none, NULL));
    }
    struct sched_param parameter = {.sched_priority = 0};
    tried("sched-idle", sched_setscheduler(1, SCHED_IDLE, &parameter));
    tried("nice", setpriority(PRIO_PROCESS, 1, 19));
    tried("ioprio", syscall(SYS_ioprio_set, 1, 1, 3 << 13));
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(0, &set);
    tried("affinity", sched_setaffinity(1, sizeof set, &set));
}

/* Tries to take the agent's own id by each call for which root has the capability, and then to use it. */
void attack_agent_id(void) {
    enum { ID = 65533 };
    static const struct { const char *name; long number; int ids; } calls[] = {
        {"setresuid", SYS_setresuid, 3}, {"setreuid", SYS_setreuid, 2}, {"setuid", SYS_setuid, 1},
        {"setresgid", SYS_setresgid, 3}, {"setregid", SYS_setregid, 2}, {"setgid", SYS_setgid, 1},
    };
    prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        for (int at = 0; at < calls[i].ids; at++) {
            char name[64];
            long ids[3] = {-1, -1, -1};
            ids[at] = ID;
            snprintf(name, sizeof name, "%s-%d", calls[i].name, at);
            tried(name, syscall(calls[i].number, ids[0], ids[1], ids[2]));
            ids[at] |= 1L << 32;
            snprintf(name, sizeof name, "%s-%d-high-bits", calls[i].name, at);
            tried(name, syscall(calls[i].number, ids[0], ids[1], ids[2]));
        }
    }
    syscall(SYS_setfsuid, ID); /* setfsuid and setfsgid return the previous id, never an error */
    errno = EPERM;
    tried("setfsuid", syscall(SYS_setfsuid, -1) == ID ? 0 : -1);
    syscall(SYS_setfsgid, ID);
    errno = EPERM;
    tried("setfsgid", syscall(SYS_setfsgid, -1) == ID ? 0 : -1);
    attack_agent_limits();
}

/* Attacks processes of the host, by their pids on the host. */
void attack_processes(char **pids) {
    for (; *pids != NULL; pids++) {
        char name[64], path[64];
        pid_t pid = (pid_t)atol(*pids);
        snprintf(name, sizeof name, "kill-%s", *pids);
        tried(name, kill(pid, SIGTERM));
        snprintf(name, sizeof name, "pidfd-%s", *pids);
        tried(name, syscall(SYS_pidfd_open, pid, 0));
        snprintf(name, sizeof name, "proc-%s", *pids);
        snprintf(path, sizeof path, "/proc/%s/status", *pids);
        try_open(name, path, O_RDONLY);
        snprintf(name, sizeof name, "root-%s", *pids);
        snprintf(path, sizeof path, "/proc/%s/root/etc/shadow", *pids);
        try_open(name, path, O_RDONLY);
    }
}
