/* Copies a sandbox's disk while nothing runs inside. Thaws what it has frozen, even after a failure. If a SIGKILL prevents that, its lock
 * on stdout is released, and the host then thaws the sandbox. */
#include "common/roles.h"

#include "host/cgroup.h"
#include "host/disk/image.h"
#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/loop.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

enum { LOOP_MAJOR = 7 };

struct snapshot {
    const char *image, *to;
    struct cgroups groups; /* only the one that freezes */
    pid_t pid;
    uint64_t start;
    int64_t deadline;

    int root;           /* the sandbox's root directory */
    bool froze, created; /* what a failure has to undo */
};

static bool set_option(struct snapshot *s, const char *name, const char *value) {
    uint64_t number;
    if (strcmp(name, "--image") == 0) s->image = value;
    else if (strcmp(name, "--to") == 0) s->to = value;
    else if (strcmp(name, "--cgroup-v1") == 0) return cgroup_add(&s->groups, value, false);
    else if (strcmp(name, "--cgroup-v2") == 0) return cgroup_add(&s->groups, value, true);
    else if (strcmp(name, "--start") == 0) return parse_number(value, UINT64_MAX, &s->start);
    else if (strcmp(name, "--pid") == 0) {
        if (!parse_number(value, INT_MAX, &number) || number < 2) return false;
        s->pid = (pid_t)number;
    } else if (strcmp(name, "--timeout-ms") == 0) {
        if (!parse_number(value, INT_MAX, &number)) return false;
        s->deadline = monotonic_ms() + (int64_t)number;
    } else {
        return false;
    }
    return true;
}

static bool parse(struct snapshot *s, int argc, char **argv) {
    bool ok = argc % 2 == 1;
    for (int i = 1; ok && i < argc; i += 2) ok = set_option(s, argv[i], argv[i + 1]);
    if (ok && s->pid != 0 && s->image != NULL && s->to != NULL && s->groups.count == 1 && s->deadline != 0) return true;
    return fail("usage", "snapshot --pid P --start T --image FILE --to FILE --cgroup-v1|--cgroup-v2 DIR --timeout-ms N");
}

static bool lives(const struct snapshot *s) {
    uint64_t found;
    return (start_time_of(s->pid, &found) && found == s->start) || fail("gone", "the sandbox has ended");
}

/* Compares devices only: the first process may be hostile and may have changed its root, so no file below it is trusted. */
static bool is_on_image(const struct snapshot *s) {
    struct stat root, image;
    struct loop_info64 info;
    char device[32];
    if (fstat(s->root, &root) != 0 || stat(s->image, &image) != 0) return fail("io", "%s: %s", s->image, strerror(errno));
    snprintf(device, sizeof device, "/dev/loop%u", minor(root.st_dev));
    int loop = major(root.st_dev) == LOOP_MAJOR ? open(device, O_RDONLY | O_CLOEXEC) : -1;
    bool own = loop >= 0 && ioctl(loop, LOOP_GET_STATUS64, &info) == 0 && info.lo_device == image.st_dev &&
               info.lo_inode == image.st_ino;
    close(loop);
    return own || fail("io", "the sandbox's first process has left its disk");
}

static bool open_root(struct snapshot *s) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/root", (int)s->pid);
    s->root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int error = errno;
    if (!lives(s)) return false; /* checked after the open, which shows that the descriptor is of the right process */
    if (s->root < 0) return fail("io", "%s: %s", path, strerror(error));
    return is_on_image(s);
}

static bool freeze(struct snapshot *s) {
    const char *dir = s->groups.dir[0];
    bool v2 = s->groups.v2[0];
    if (cgroup_is_shared(dir)) return fail("usage", "%s is not the control group of one sandbox", dir);
    if (cgroup_is_frozen(dir, v2)) return true; /* the sandbox was paused and stays paused */
    s->froze = true;
    return cgroup_freeze(dir, v2, s->deadline);
}

/* If the sandbox ended during the copy, its disk was unmounted while it was being copied. */
static bool stayed_frozen(const struct snapshot *s) {
    return lives(s) && (cgroup_is_frozen(s->groups.dir[0], s->groups.v2[0]) || fail("gone", "the sandbox was thawed"));
}

static bool copy(struct snapshot *s) {
    if (syncfs(s->root) != 0) return fail("io", "writing the sandbox's disk: %s", strerror(errno));
    return image_copy(s->image, s->to, s->deadline, &s->created);
}

static void thaw(const struct snapshot *s) {
    if (s->froze) cgroup_thaw(s->groups.dir[0], s->groups.v2[0]);
}

static bool sync_copy(const struct snapshot *s) {
    int fd = open(s->to, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    int error = errno;
    close(fd);
    if (ok) return true;
    return fail(error == ENOSPC || error == EDQUOT ? "no_space" : "io", "writing %s: %s", s->to, strerror(error));
}

int snapshot_main(int argc, char **argv) {
    struct snapshot s = {.root = -1};
    setsid();
    umask(077);
    signal(SIGPIPE, SIG_IGN);
    expire_on_signals();
    bool ok = parse(&s, argc, argv) && lock_stdout() && open_root(&s) && freeze(&s) && copy(&s) && stayed_frozen(&s);
    thaw(&s);
    if (ok && sync_copy(&s)) return 0;
    if (s.created) unlink(s.to);
    return report_failure("");
}
