/* Pid 1 of the sandbox. Once anything else runs inside, it opens no file by name and waits for nothing but the loop. Work that
 * may take time, or that the sandbox can influence, is done in a child. */
#include "common/roles.h"

#include "common/config.h"
#include "init/deadline.h"
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
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { DESCRIPTORS = 65536, HEAP_SLACK = 128 << 10 };

static struct listener host;

static void close_others(void) {
    close_all_but(config.listen, config.ready);
    fcntl(config.listen, F_SETFD, FD_CLOEXEC);
    fcntl(config.ready, F_SETFD, FD_CLOEXEC);
}

/* Uses the system call, since the C library hides two signals, which some callers (make) pass on as ignored. All zero is the
 * kernel's sigaction for the default. */
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

/* Processes of other users must inherit no capability, and root in the sandbox must not look into this process. */
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
    if (config.single_uid) /* later only root may: the children can't do it for themselves */
        offer_to_oom_killer();
    return chdir("/") == 0 && take_own_id() && drop_privileges() && keep_own_id() && loop_open() && children_open()
           && deadline_open(config.deadline_ms) && (config.single_uid || sudo_open())
           && listener_open(&host, config.listen, serve_host);
}

/* Standard error was for messages until now; nobody reads it later. */
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

/* Everybody inside can read pid 1's command line. */
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
    if (!set_up()) {
        fprintf(stderr, "init: %s\n", strerror(errno));
        return 1;
    }
    hide_arguments(argc, argv);
    if (!silence() || write(config.ready, "R", 1) != 1)
        return 1;
    close(config.ready);
    loop_run();
}
