#include "host/launch/launch_finish.h"

#include "host/host.h"
#include "host/launch/covers.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <sched.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

/* The limit `max`, and bubblewrap's own options, because a remount drops options that are not repeated. */
static const char TERMINALS[] = "ptmxmode=0666,mode=620,max=256";

static bool enter_mounts(pid_t pid) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/mnt", (int)pid);
    int mounts = open(path, O_RDONLY | O_CLOEXEC);
    if (mounts < 0) return false;
    /* A plain user may enter only as root of the user namespace that owns the mounts. */
    int users = geteuid() == 0 ? -1 : ioctl(mounts, NS_GET_USERNS);
    bool ok = (users < 0 || setns(users, CLONE_NEWUSER) == 0) && setns(mounts, CLONE_NEWNS) == 0;
    if (users >= 0) close(users);
    close(mounts);
    return ok;
}

static _Noreturn void finish(const struct launch *l) {
    bool ok = enter_mounts(l->child) && cover_proc();
    if (ok && l->stage == NULL) mount(NULL, "/dev/pts", NULL, MS_REMOUNT | MS_NOSUID | MS_NOEXEC, TERMINALS);
    _exit(ok ? 0 : 1);
}

bool finish_mounts(const struct launch *l) {
    int status = -1;
    pid_t pid = fork();
    if (pid == 0) finish(l);
    if (pid > 0 && waitpid(pid, &status, 0) != pid) status = -1;
    /* a kernel may refuse this to a plain user, whose sandboxes have weaker guarantees */
    return status == 0 || l->stage == NULL || fail("io", "covering the host's part of /proc");
}
