/* Pid 1 of the sandbox. Once anything else runs inside, it opens no file by name and waits only in the loop. Children do the
 * work that may take time or that the sandbox can influence. */
#include "common/roles.h"

#include "common/config.h"
#include "init/deadline.h"
#include "init/host_name.h"
#include "init/network_count.h"
#include "init/own_id.h"
#include "init/requests.h"
#include "init/sudo_server.h"
#include "loop/children.h"
#include "loop/listener.h"
#include "process/child.h"
#include "process/descriptors.h"
#include "process/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

enum { DESCRIPTORS = 65536, HEAP_SLACK = 128 << 10 };

static struct listener host;

static void close_others(void) {
    close_all_but(config.listen, config.ready, config.held, config.count);
    fcntl(config.listen, F_SETFD, FD_CLOEXEC);
    fcntl(config.ready, F_SETFD, FD_CLOEXEC);
    fcntl(config.held, F_SETFD, FD_CLOEXEC);
    fcntl(config.count, F_SETFD, FD_CLOEXEC);
}

/* Resets all signals. Uses the system call, since the C library refuses two signals that some callers (make) leave ignored. All
 * zero is the kernel's sigaction for the default. */
static void set_signals(void) {
    static const unsigned long defaults[8];
    for (int signo = 1; signo < NSIG; signo++)
        syscall(SYS_rt_sigaction, signo, defaults, NULL, sizeof(uint64_t));
    signal(SIGPIPE, SIG_IGN);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_SETMASK, &set, NULL);
}

/* Children of other users must inherit no capability, and root in the sandbox must not look into this process. */
static bool drop_privileges(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
    if (syscall(SYS_capget, &header, data) < 0)
        return false;
    for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
        data[i].inheritable = 0;
        data[i].effective = data[i].permitted;
    }
    return syscall(SYS_capset, &header, data) == 0
           && prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == 0
           && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
           && prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0;
}

static void raise_descriptor_limit(void) {
    if (getrlimit(RLIMIT_NOFILE, &config.descriptors) < 0)
        return;
    struct rlimit limit = config.descriptors;
    limit.rlim_cur = limit.rlim_max < DESCRIPTORS ? limit.rlim_max : DESCRIPTORS;
    if (limit.rlim_cur > config.descriptors.rlim_cur)
        setrlimit(RLIMIT_NOFILE, &limit);
}

static bool set_up(void) {
    close_others();
    set_signals();
    umask(022);
    prctl(PR_SET_NAME, "sandboxer");
    mallopt(M_MMAP_THRESHOLD, HEAP_SLACK);
    mallopt(M_TRIM_THRESHOLD, HEAP_SLACK);
    raise_descriptor_limit();
    if (getpid() != 1 && prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
        return false;
    pty_prepare();
    if (config.single_uid) /* without root the children can't do it later, but they inherit it */
        offer_to_oom_killer();
    return chdir("/") == 0 && take_own_id() && drop_privileges() && keep_own_id() && loop_open() && children_open()
           && network_count_open() && deadline_open(config.deadline_ms) && (config.single_uid || sudo_open())
           && listener_open(&host, config.listen, serve_host);
}

/* Replaces 0, 1 and 2 by /dev/null: from here on nobody reads standard error. */
static bool silence(void) {
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0)
        null = 0;
    for (int fd = 0; fd <= 2; fd++)
        if (fd != null && dup2(null, fd) < 0)
            return false;
    if (null > 2)
        close(null);
    return true;
}

/* Waits until the launcher has reported our pid. If the launcher dies first, the pid of this sandbox is recorded nowhere, so it ends. If
 * `ready` is a pipe, there is nothing to wait for. */
static bool await_release(void) {
    char byte;
    struct timeval limit = {.tv_sec = (time_t)(config.deadline_ms / 1000 + 1)};
    setsockopt(config.ready, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ssize_t got;
    do
        got = recv(config.ready, &byte, 1, 0);
    while (got < 0 && errno == EINTR); /* a pause interrupts a call with a time limit */
    return got == 1 || (got < 0 && errno == ENOTSOCK);
}

/* Every process inside can read pid 1's command line. */
static void hide_arguments(int argc, char **argv) {
    for (int i = 1; i < argc; i++)
        memset(argv[i], 0, strlen(argv[i]));
}

int init_main(int argc, char **argv) {
    if (!parse_config(argc, argv)) {
        fprintf(stderr, "usage: init --listen FD --ready FD --deadline-ms N "
                        "[--single-uid] [--home DIR] [--env K=V]...\n");
        return 2;
    }
    add_host_name();
    if (!set_up()) {
        fprintf(stderr, "init: %s\n", strerror(errno));
        return 1;
    }
    hide_arguments(argc, argv);
    if (!silence() || write(config.ready, "R", 1) != 1 || !await_release())
        return 1;
    close(config.ready);
    loop_run();
}
