#include "host/launch_pty.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

/* bubblewrap's own options and the limit: a remount drops options that are not repeated. */
static const char TERMINALS[] = "ptmxmode=0666,mode=620,max=256";

static bool enter_mounts(pid_t pid) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/mnt", (int)pid);
    int mounts = open(path, O_RDONLY | O_CLOEXEC);
    if (mounts < 0) return false;
    /* A plain user may only as root of the namespace whose mounts these are. */
    int users = geteuid() == 0 ? -1 : ioctl(mounts, NS_GET_USERNS);
    bool ok = (users < 0 || setns(users, CLONE_NEWUSER) == 0) && setns(mounts, CLONE_NEWNS) == 0;
    if (users >= 0) close(users);
    close(mounts);
    return ok;
}

void limit_terminals(const struct launch *l) {
    pid_t pid = fork();
    if (pid == 0) {
        if (enter_mounts(l->child)) mount(NULL, "/dev/pts", NULL, MS_REMOUNT | MS_NOSUID | MS_NOEXEC, TERMINALS);
        _exit(0);
    }
    if (pid > 0) waitpid(pid, NULL, 0);
}
