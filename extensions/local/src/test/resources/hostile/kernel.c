/* Attacks on the kernel: settings, namespaces, devices, system calls. */
#include "attack.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

static const char CORE_PATTERN[] = "/proc/sys/kernel/core_pattern";

/* Runs in a process of its own, so that a success has no effect on the attacks that follow. */
static void in_child(void (*run)(void)) {
    fflush(stdout);
    pid_t pid = fork();
    if (pid == 0) {
        run();
        exit(0);
    }
    int status;
    waitpid(pid, &status, 0);
    if (!WIFEXITED(status)) printf("child=DIED\n");
}

static void in_user_namespace(void) {
    tried("unshare-user", unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID));
    try_write("core_pattern-in-nested-userns", CORE_PATTERN, NULL);
}

static void on_fresh_proc(void) {
    char fresh[] = "/tmp/freshXXXXXX", pattern[64]; /* a new directory, since a mount on another user's directory fails anyway */
    if (!mkdtemp(fresh))
        return;
    snprintf(pattern, sizeof pattern, "%s/sys/kernel/core_pattern", fresh);
    tried("mount-proc", mount("proc", fresh, "proc", 0, NULL));
    int fs = (int)syscall(SYS_fsopen, "proc", 0);
    tried("fsopen-proc", fs);
    try_write("core_pattern-on-fresh-proc", pattern, NULL);
    tried("bind-proc", mount("/proc", fresh, NULL, MS_BIND | MS_REC, NULL));
    tried("remount-rw", mount(NULL, "/proc/sys", NULL, MS_REMOUNT | MS_BIND, NULL));
    tried("remount-dev", mount(NULL, "/dev", NULL, MS_REMOUNT | MS_BIND, NULL));
    tried("remount-usr", mount(NULL, "/usr", NULL, MS_REMOUNT | MS_BIND, NULL));
}

void attack_proc_sys(void) {
    try_write("core_pattern", CORE_PATTERN, NULL);
    try_write("hostname", "/proc/sys/kernel/hostname", NULL);
    try_write("ip_forward", "/proc/sys/net/ipv4/ip_forward", NULL);
    try_write("ns_last_pid", "/proc/sys/kernel/ns_last_pid", NULL);
    try_open("sysrq-trigger", "/proc/sysrq-trigger", O_WRONLY);
    try_open("kcore", "/proc/kcore", O_RDONLY);
    try_open("kmsg", "/proc/kmsg", O_RDONLY);
    try_open("irq", "/proc/irq/default_smp_affinity", O_WRONLY);
    tried("chmod", chmod(CORE_PATTERN, 0666));
    tried("umount", umount2("/proc/sys", MNT_DETACH));
    try_write("core_pattern-after-umount", CORE_PATTERN, NULL);
    tried("umount-sysrq", umount2("/proc/sysrq-trigger", MNT_DETACH));
    in_child(in_user_namespace);
    in_child(on_fresh_proc);
}

static const struct {
    const char *name;
    unsigned long flag;
} namespaces[] = {
    {"user", CLONE_NEWUSER}, {"mount", CLONE_NEWNS}, {"pid", CLONE_NEWPID}, {"net", CLONE_NEWNET},
    {"ipc", CLONE_NEWIPC}, {"uts", CLONE_NEWUTS}, {"cgroup", CLONE_NEWCGROUP}, {"time", 0x80},
};

void attack_namespaces(void) {
    for (size_t i = 0; i < sizeof namespaces / sizeof *namespaces; i++) {
        char name[64];
        snprintf(name, sizeof name, "unshare-%s", namespaces[i].name);
        tried(name, unshare((int)namespaces[i].flag));
        fflush(stdout);
        snprintf(name, sizeof name, "clone-%s", namespaces[i].name);
        if (namespaces[i].flag != 0x80) { /* clone uses this bit for the signal */
            long pid = syscall(SYS_clone, namespaces[i].flag | SIGCHLD, 0, 0, 0, 0);
            if (pid == 0) _exit(0);
            tried(name, pid);
        }
        struct clone_args args = {.flags = namespaces[i].flag, .exit_signal = SIGCHLD};
        snprintf(name, sizeof name, "clone3-%s", namespaces[i].name);
        long pid = syscall(SYS_clone3, &args, sizeof args);
        if (pid == 0) _exit(0);
        tried(name, pid);
    }
    int fd = open("/proc/self/ns/user", O_RDONLY);
    tried("setns", setns(fd, CLONE_NEWUSER));
    tried("chroot-is-harmless", chroot("/tmp"));
}

static long call(long number) {
    return syscall(number, 0, 0, 0, 0, 0, 0);
}

void attack_calls(void) {
    tried("io_uring_setup", call(425));
    tried("io_uring_enter", call(426));
    tried("io_uring_register", call(427));
    tried("bpf", call(SYS_bpf));
    tried("keyctl", call(SYS_keyctl));
    tried("add_key", call(SYS_add_key));
    tried("request_key", call(SYS_request_key));
    tried("perf_event_open", call(SYS_perf_event_open));
    tried("userfaultfd", call(SYS_userfaultfd));
    tried("open_by_handle_at", call(SYS_open_by_handle_at));
    tried("fanotify_init", call(SYS_fanotify_init));
    tried("mount", call(SYS_mount));
    tried("move_mount", call(SYS_move_mount));
    tried("open_tree", call(SYS_open_tree));
    tried("pivot_root", call(SYS_pivot_root));
    tried("init_module", call(SYS_init_module));
    tried("kexec_load", call(SYS_kexec_load));
    tried("iopl", call(SYS_iopl));
    tried("syslog", call(SYS_syslog));
    tried("settimeofday", call(SYS_settimeofday));
    tried("swapon", call(SYS_swapon));
    tried("kcmp", call(SYS_kcmp));
    tried("unknown-call", call(999));
    struct { unsigned short n; void *code; } no_filter = {0, NULL};
    tried("seccomp-again", syscall(SYS_seccomp, 1, 0, &no_filter));
}

static void try_device(const char *directory, const char *name, mode_t type, dev_t device) {
    char path[128], what[160];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    snprintf(what, sizeof what, "mknod-%s", path);
    tried(what, mknod(path, type | 0666, device));
    snprintf(what, sizeof what, "open-%s", path);
    try_open(what, path, O_RDWR);
}

void attack_devices(void) {
    static const char *const directories[] = {"/home/user", "/tmp", "/dev/shm", "/dev", "/run"};
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
        try_device(directories[i], "x-loop0", S_IFBLK, makedev(7, 0));
        try_device(directories[i], "x-vda", S_IFBLK, makedev(253, 0));
        try_device(directories[i], "x-mem", S_IFCHR, makedev(1, 1));
        try_device(directories[i], "x-kmsg", S_IFCHR, makedev(1, 11));
        try_device(directories[i], "x-loop-control", S_IFCHR, makedev(10, 237));
        try_device(directories[i], "x-null", S_IFCHR, makedev(1, 3));
    }
    try_open("dev-kmsg", "/dev/kmsg", O_RDWR);
    try_open("dev-mem", "/dev/mem", O_RDWR);
    try_open("dev-fuse", "/dev/fuse", O_RDWR);
    try_open("dev-kvm", "/dev/kvm", O_RDWR);
    try_open("dev-loop-control", "/dev/loop-control", O_RDWR);
    try_open("dev-net-tun", "/dev/net/tun", O_RDWR);
    tried("dev-is-closed", mkdir("/dev/x", 0700));
}

void attack_families(void) {
    static const struct { const char *name; int family, type; } all[] = {
        {"vsock", AF_VSOCK, SOCK_STREAM}, {"packet", AF_PACKET, SOCK_RAW}, {"alg", AF_ALG, SOCK_SEQPACKET},
        {"bluetooth", AF_BLUETOOTH, SOCK_RAW}, {"xdp", 44, SOCK_RAW}, {"key", AF_KEY, SOCK_RAW},
        {"tipc", AF_TIPC, SOCK_STREAM}, {"can", AF_CAN, SOCK_RAW}, {"rds", AF_RDS, SOCK_SEQPACKET},
        {"qipcrtr", 42, SOCK_DGRAM}, {"raw-ip", AF_INET, SOCK_RAW},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) tried(all[i].name, socket(all[i].family, all[i].type, 1));
    int pair[2];
    tried("socketpair-vsock", socketpair(AF_VSOCK, SOCK_STREAM, 0, pair));
}

#ifdef __x86_64__
/* Without i386 calls the machine raises SIGSEGV, which counts as refused. */
static long i386_getppid(void) {
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        long result;
        __asm__ volatile("int $0x80" : "=a"(result) : "a"(64L) : "memory", "r8", "r9", "r10", "r11");
        _exit(result < 0 ? (int)-result : 0);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid) return 0;
    errno = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status) == SIGSEGV ? ENOSYS : 0;
    return errno == 0 ? 0 : -1;
}
#endif

/* Calls getppid with the numbers of i386 and x32 programs, which differ from those in the filter. */
void attack_foreign_calls(void) {
#ifdef __x86_64__
    tried("i386-call", i386_getppid());
    tried("x32-call", syscall(0x40000000 | SYS_getppid));
#else
    errno = ENOSYS;
    tried("i386-call", -1);
    tried("x32-call", -1);
#endif
}

void attack_terminal(void) {
    char c = 'x';
    tried("isatty", isatty(0) ? 0 : -1);
    tried("tiocsti", ioctl(0, TIOCSTI, &c));
    tried("tiocsti-high-bits", syscall(SYS_ioctl, 0, TIOCSTI | 1UL << 32, &c));
    char select = 2;
    tried("tioclinux", ioctl(0, TIOCLINUX, &select));
}
