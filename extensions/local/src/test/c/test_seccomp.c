/* Tests the filter as the kernel applies it, with each call in a child of its own. */
#include "common/seccomp.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(condition, ...) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "%s:%d: failed: ", __FILE__, __LINE__); \
            fprintf(stderr, __VA_ARGS__); \
            fprintf(stderr, "\n"); \
            exit(1); \
        } \
    } while (0)

static void load_filter(void) {
    static struct sock_filter code[4096];
    int fd = seccomp_program_fd();
    CHECK(fd >= 0, "the program is compiled");
    ssize_t n = read(fd, code, sizeof code);
    CHECK(n > 0 && n % 8 == 0 && n < (ssize_t)sizeof code, "it can be read from the beginning");
    struct sock_fprog program = {.len = (unsigned short)(n / 8), .filter = code};
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "no new privileges");
    CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0, "the kernel takes it");
    printf("test_seccomp: %zd instructions\n", n / 8);
}

/* Returns the errno of a call; 0: success, also for a call that does not return (exit). */
static int result(long number, long a, long b, long c, long d, long e) {
    int status;
    pid_t pid = fork();
    CHECK(pid >= 0, "fork works");
    if (pid == 0) {
        alarm(5);
        _exit(syscall(number, a, b, c, d, e) < 0 ? errno : 0);
    }
    CHECK(waitpid(pid, &status, 0) == pid, "the child ends");
    CHECK(WIFEXITED(status), "call %ld does not kill", number);
    return WEXITSTATUS(status);
}

static void test_namespaces(void) {
    static const long flags[] = {CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID,
                                 CLONE_NEWNET};
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        CHECK(result(SYS_clone, flags[i] | SIGCHLD, 0, 0, 0, 0) == EPERM, "clone with %lx", flags[i]);
        CHECK(result(SYS_clone, flags[i] | CLONE_VFORK | SIGCHLD | 1l << 40, 0, 0, 0, 0) == EPERM, "clone with high bits");
        CHECK(result(SYS_unshare, flags[i], 0, 0, 0, 0) == EPERM, "unshare with %lx", flags[i]);
    }
    CHECK(result(SYS_unshare, 0x80, 0, 0, 0, 0) == EPERM, "unshare of the time namespace");
    CHECK(result(SYS_unshare, CLONE_FILES, 0, 0, 0, 0) == 0, "unshare of the descriptors is no namespace");
    CHECK(result(SYS_clone3, 0, 0, 0, 0, 0) == ENOSYS, "clone3 is unknown");
    CHECK(result(SYS_setns, 0, 0, 0, 0, 0) == EPERM, "setns");
}

static void test_denied(void) {
    static const long denied[] = {
        SYS_mount, SYS_umount2, SYS_pivot_root, SYS_move_mount, SYS_open_tree, SYS_fsopen, SYS_fsconfig, SYS_fsmount,
        SYS_fspick, SYS_mount_setattr, SYS_open_by_handle_at, SYS_bpf, SYS_perf_event_open, SYS_userfaultfd,
        SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register, SYS_keyctl, SYS_add_key, SYS_request_key,
        SYS_kexec_load, SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_swapon, SYS_swapoff, SYS_reboot,
        SYS_syslog, SYS_acct, SYS_quotactl, SYS_quotactl_fd, SYS_settimeofday, SYS_clock_settime, SYS_adjtimex,
        SYS_clock_adjtime, SYS_vhangup, SYS_lookup_dcookie, SYS_nfsservctl, SYS_fanotify_init, SYS_kcmp,
#ifdef __x86_64__
        SYS_kexec_file_load, SYS_iopl, SYS_ioperm, SYS_modify_ldt,
#endif
    };
    for (size_t i = 0; i < sizeof denied / sizeof denied[0]; i++) {
        CHECK(result(denied[i], 0, 0, 0, 0, 0) == EPERM, "call %ld is denied", denied[i]);
    }
    static const long unknown[] = {467, 468, 500, 511, 512, 547, 1000, 0x40000000, 0x40000000 + 59, 0x7fffffff};
    for (size_t i = 0; i < sizeof unknown / sizeof unknown[0]; i++) {
        CHECK(result(unknown[i], 0, 0, 0, 0, 0) == ENOSYS, "call %ld is unknown", unknown[i]);
    }
}

static void test_arguments(void) {
    static const int allowed[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK}, others[] = {AF_VSOCK, AF_PACKET, AF_ALG, 0};
    for (int i = 0; i < 4; i++) {
        CHECK(result(SYS_socket, allowed[i], SOCK_DGRAM, 0, 0, 0) == 0, "sockets of family %d", allowed[i]);
        CHECK(result(SYS_socket, others[i], SOCK_STREAM, 0, 0, 0) == EAFNOSUPPORT, "no sockets of %d", others[i]);
    }
    CHECK(result(SYS_socket, AF_VSOCK | 1l << 32, SOCK_STREAM, 0, 0, 0) == EAFNOSUPPORT, "no vsock with high bits");
    CHECK(result(SYS_ioctl, 0, TIOCSTI, 0, 0, 0) == EPERM, "no typing into terminals");
    CHECK(result(SYS_ioctl, 0, TIOCLINUX, 0, 0, 0) == EPERM, "no typing by the console's selection");
    CHECK(result(SYS_ioctl, 0, TIOCSTI | 1l << 32, 0, 0, 0) == EPERM, "TIOCSTI with high bits");
    CHECK(result(SYS_ioctl, -1, TIOCGWINSZ, 0, 0, 0) == EBADF, "other ioctls");
    static const unsigned good[] = {0, 8, 0x20000, 0x20008, 0xffffffff}, bad[] = {1, 0x40000, 0x20001, 0xfffffffe, 9};
    for (int i = 0; i < 5; i++) {
        CHECK(result(SYS_personality, (long)good[i], 0, 0, 0, 0) != EPERM, "personality %x", good[i]);
        CHECK(result(SYS_personality, (long)bad[i], 0, 0, 0, 0) == EPERM, "no personality %x", bad[i]);
    }
}

static void *thread(void *seen) {
    *(int *)seen = 1;
    return NULL;
}

static void test_ordinary(void) {
    int seen = 0;
    pthread_t t;
    CHECK(pthread_create(&t, NULL, thread, &seen) == 0 && pthread_join(t, NULL) == 0 && seen == 1, "threads work");
    CHECK(system("exec /bin/ls / > /dev/null") == 0, "programs run");
    CHECK(result(SYS_openat2, -1, 0, 0, 0, 0) != ENOSYS && result(SYS_getpid, 0, 0, 0, 0, 0) == 0, "other calls are allowed");
}

#ifdef __x86_64__
/* int 0x80 makes i386 calls, with i386's numbers: 20 is getpid. Some machines lack it, virtual ones above all. */
static long i386_getpid(void) {
    long number = 20;
    __asm__ volatile("int $0x80" : "+a"(number) : : "memory", "r8", "r9", "r10", "r11");
    return number;
}

static int has_i386_calls(void) {
    int status;
    pid_t pid = fork();
    CHECK(pid >= 0, "fork works");
    if (pid == 0) {
        i386_getpid();
        _exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid, "the child ends");
    CHECK(WIFEXITED(status) || WTERMSIG(status) == SIGSEGV, "the call returns or faults: %x", (unsigned)status);
    return WIFEXITED(status);
}

static void test_i386(void) {
    CHECK(i386_getpid() == -ENOSYS, "i386 calls are unknown: %ld", i386_getpid());
}
#endif

int main(void) {
#ifdef __x86_64__
    int has_i386 = has_i386_calls(); /* before the filter, which can't be removed */
#endif
    load_filter();
    test_namespaces();
    test_denied();
    test_arguments();
    test_ordinary();
#ifdef __x86_64__
    if (has_i386) {
        test_i386();
    } else {
        puts("test_seccomp: this machine has no i386 calls to be refused");
    }
#endif
    puts("test_seccomp: ok");
    return 0;
}
