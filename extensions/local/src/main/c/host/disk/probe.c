/* Tests whether sandboxes on this host can have `ids`, uids of their own, and `system`, a system that they may change. Prints a line for
 * each, with `yes` or the reason why not. */
#include "common/roles.h"

#include "host/disk/id_map.h"
#include "host/disk/image.h"
#include "host/disk/mounts.h"
#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

enum { MAPPED_FROM = 0x70010000, MAPPED = 65536 };

struct probe {
    const char *stage, *tree;
    int users;
};

static bool parse(struct probe *p, int argc, char **argv) {
    for (int i = 1; i + 1 < argc; i += 2) {
        if (strcmp(argv[i], "--stage") == 0) p->stage = argv[i + 1];
        else if (strcmp(argv[i], "--tree") == 0) p->tree = argv[i + 1];
        else return false;
    }
    return argc % 2 == 1 && p->stage != NULL;
}

/* 5.19 is the first kernel whose overlays accept mapped mounts; ext4 supports them since 5.12. */
static bool is_new_enough(char *why, size_t size) {
    struct utsname system;
    unsigned major = 0, minor = 0;
    bool known = uname(&system) == 0 && sscanf(system.release, "%u.%u", &major, &minor) == 2;
    if (known && (major > 5 || (major == 5 && minor >= 19))) return true;
    snprintf(why, size, "the kernel is older than 5.19");
    return false;
}

/* Returns a detached mount with mapped owners; -1 with errno. */
static int map_directory(const struct probe *p, const char *path) {
    int directory = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int mount = directory < 0 ? -1 : mount_copy(directory, false);
    bool ok = mount >= 0 && mount_map_ids(mount, p->users);
    close_quietly(directory);
    if (!ok) close_quietly(mount);
    return ok ? mount : -1;
}

/* With a tree, its file system must support mapped owners. Without one, disks are ext4, which supports it: EINVAL from the host's own file
 * system shows that the system calls exist, and that is enough. */
static bool can_map(const struct probe *p, char *why, size_t size) {
    const char *path = p->tree == NULL ? "/" : p->tree;
    int mount = map_directory(p, path);
    close_quietly(mount);
    if (mount >= 0 || (p->tree == NULL && errno == EINVAL)) return true;
    snprintf(why, size, "owners below %s can't be mapped: %s", path, strerror(errno));
    return false;
}

static bool try_overlay(const struct probe *p, int lower) {
    char path[3][PATH_MAX], options[3 * PATH_MAX + 64];
    static const char *const names[] = {"lower", "upper", "work"};
    if (mount("probe", p->stage, "tmpfs", 0, "size=64k") != 0) return false;
    for (int i = 0; i < 3; i++) {
        snprintf(path[i], sizeof path[i], "%s/%s", p->stage, names[i]);
        if (mkdir(path[i], 0755) != 0) return false;
    }
    int place = open(path[0], O_PATH | O_CLOEXEC);
    bool put = mount_put(lower, place);
    close_quietly(place);
    snprintf(options, sizeof options, "lowerdir=%s,upperdir=%s,workdir=%s", path[0], path[1], path[2]);
    return put && mount("probe", p->stage, "overlay", 0, options) == 0;
}

static bool can_overlay(const struct probe *p, char *why, size_t size) {
    int lower = map_directory(p, "/usr");
    if (lower < 0) snprintf(why, size, "the owners of /usr can't be mapped: %s", strerror(errno));
    bool ok = lower >= 0 && try_overlay(p, lower);
    if (lower >= 0 && !ok) snprintf(why, size, "no overlay of /usr: %s", strerror(errno));
    close_quietly(lower);
    return ok;
}

int probe_main(int argc, char **argv) {
    struct probe p = {.users = -1};
    char why[PATH_MAX + 128] = "yes", system[PATH_MAX + 128] = "yes";
    if (!parse(&p, argc, argv)) {
        fail("usage", "probe --stage DIR [--tree DIR]");
        return report_failure("");
    }
    bool ids = is_new_enough(why, sizeof why) && unshare_mounts() && seal_mounts() &&
               (p.users = id_map_new(0, MAPPED_FROM, MAPPED)) >= 0 && can_map(&p, why, sizeof why);
    if (has_failed()) return report_failure("");
    if (!ids) memcpy(system, why, sizeof system);
    else can_overlay(&p, system, sizeof system);
    return printf("ids %s\nsystem %s\n", why, system) < 0;
}
