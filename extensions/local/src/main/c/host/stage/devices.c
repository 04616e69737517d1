#include "host/stage/devices.h"

#include "host/disk/mounts.h"
#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* bubblewrap's own options, and `max`, since all sandboxes share the host's 3072 terminals. */
static const char TERMINALS[] = "newinstance,ptmxmode=0666,mode=620,max=256";

static const struct {
    const char *name;
    unsigned major, minor;
} nodes[] = {{"null", 1, 3}, {"zero", 1, 5}, {"full", 1, 7}, {"random", 1, 8}, {"urandom", 1, 9}, {"tty", 5, 0}};

static const char *const links[][2] = {{"fd", "/proc/self/fd"},       {"stdin", "/proc/self/fd/0"},
                                       {"stdout", "/proc/self/fd/1"}, {"stderr", "/proc/self/fd/2"},
                                       {"core", "/proc/kcore"},       {"ptmx", "pts/ptmx"}};

static bool set_owner(int dev, const char *name, uid_t owner) {
    return fchownat(dev, name, owner, owner, AT_SYMLINK_NOFOLLOW) == 0;
}

static bool fill(int dev, uid_t owner) {
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        const char *name = nodes[i].name;
        if (mknodat(dev, name, S_IFCHR | 0600, makedev(nodes[i].major, nodes[i].minor)) != 0) return false;
        if (!set_owner(dev, name, owner) || fchmodat(dev, name, 0666, 0) != 0) return false;
    }
    for (size_t i = 0; i < sizeof links / sizeof *links; i++) {
        if (symlinkat(links[i][1], dev, links[i][0]) != 0 || !set_owner(dev, links[i][0], owner)) return false;
    }
    return mkdirat(dev, "shm", 0755) == 0 && set_owner(dev, "shm", owner) && mkdirat(dev, "pts", 0755) == 0 &&
           fchownat(dev, "", owner, owner, AT_EMPTY_PATH) == 0;
}

/* Makes the directory read-only: files in a tmpfs take the host's memory. */
static bool seal(int dev) {
    int mount = mount_copy(dev, false);
    bool ok = mount >= 0 && mount_read_only(mount, true) && mount_put(mount, dev);
    close_quietly(mount);
    return ok;
}

bool devices_make(const char *directory, uid_t owner) {
    char terminals[PATH_MAX];
    snprintf(terminals, sizeof terminals, "%s/pts", directory);
    int dev = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool ok = dev >= 0 && fill(dev, owner) && seal(dev) &&
              mount("devpts", terminals, "devpts", MS_NOSUID | MS_NOEXEC, TERMINALS) == 0;
    if (!ok) fail("io", "creating the sandbox's devices: %s", strerror(errno));
    close_quietly(dev);
    return ok;
}
