#include "host/stage/host_programs.h"

#include "host/disk/mounts.h"
#include "host/disk/submounts.h"
#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* The directory for a sandbox's changes, below the /usr of its own disk, which the host's /usr covers. */
static const char LAYERS[] = ".layers";

/* metacopy is off because others may have written the disk, index because its file handles are valid for one file system only. */
static const char OVERLAY[] = "redirect_dir=on,metacopy=off,index=off,xino=auto";

static int subdirectory(int top, const char *name) {
    return mkdirat(top, name, 0755) == 0 || errno == EEXIST ? open_beneath(top, name, false) : -1;
}

/* Mounts the host's directory on the stage with its owners mapped. Returns false with errno, also if the host's file system
 * can't map owners. */
static bool put_lower(int host, int users, const char *path) {
    int mount = mount_copy(host, false);
    bool ok = mount >= 0 && mount_map_ids(mount, users) && mkdir(path, 0755) == 0;
    int place = ok ? open(path, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    ok = place >= 0 && mount_put(mount, place);
    close_quietly(mount);
    close_quietly(place);
    return ok;
}

static bool mount_layers(const char *lower, int upper, int work, int target) {
    char options[PATH_MAX + 256], place[64];
    snprintf(options, sizeof options, "lowerdir=%s,upperdir=/proc/self/fd/%d,workdir=/proc/self/fd/%d,%s", lower, upper, work,
             OVERLAY);
    snprintf(place, sizeof place, "/proc/self/fd/%d", target);
    return mount("system", place, "overlay", MS_NOSUID | MS_NODEV, options) == 0;
}

/* Returns false if this host does not support it. */
static bool put_overlay(const struct launch *l, const char *path, int layers, int host, int users, int target) {
    char name[NAME_MAX + 1], lower[PATH_MAX];
    snprintf(name, sizeof name, "%s", path);
    for (char *slash; (slash = strchr(name, '/')) != NULL;) *slash = '-';
    snprintf(lower, sizeof lower, "%s/lower-%s", l->stage, name);
    int own = subdirectory(layers, name);
    int upper = subdirectory(own, "upper"), work = subdirectory(own, "work");
    bool ok = upper >= 0 && work >= 0 && put_lower(host, users, lower) && mount_layers(lower, upper, work, target);
    close_quietly(upper);
    close_quietly(work);
    close_quietly(own);
    return ok;
}

static bool put_read_only(int host, int target) {
    int mount = mount_copy(host, true);
    bool ok = mount >= 0 && mount_read_only(mount, false) && mount_put(mount, target);
    close_quietly(mount);
    return ok;
}

static bool put_directory(const struct launch *l, const char *name, int root, int layers, int users) {
    char path[64];
    snprintf(path, sizeof path, "/%s", name);
    int host = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int target = open_beneath(root, name, false);
    bool ok = host >= 0 && target >= 0;
    if (ok && layers >= 0 && put_overlay(l, name, layers, host, users, target)) ok = submounts_put(path, root);
    else ok = ok && put_read_only(host, target);
    if (!ok) fail("io", "mounting the host's /%s: %s", name, strerror(errno));
    close_quietly(host);
    close_quietly(target);
    return ok;
}

static void put_layer(const struct launch *l, const char *name, int root, int layers, int users) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "/%s", name);
    int host = open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int target = host < 0 ? -1 : open_beneath(root, name, false);
    if (target >= 0) put_overlay(l, name, layers, host, users, target);
    close_quietly(host);
    close_quietly(target);
}

/* Mounts a file or directory read-only over another; does nothing if the lower one is missing. The path can't lead out of the root. */
static bool cover(int root, const char *path, int by) {
    int target = by < 0 ? -1 : open_beneath(root, path, true);
    if (target < 0) return true;
    int mount = mount_copy(by, false);
    bool ok = mount >= 0 && mount_read_only(mount, false) && mount_put(mount, target);
    if (!ok) fail("io", "covering /%s: %s", path, strerror(errno));
    close_quietly(mount);
    close_quietly(target);
    return ok;
}

/* Mounts our own programs over the first directory of every PATH, and our sudo over the host's, which does not work inside. */
static bool put_programs(int root, int programs) {
    int sudo = open_beneath(programs, "sudo", false);
    int local = open_beneath(root, "usr/local", true);
    if (local >= 0) mkdirat(local, "sbin", 0755); /* fails on a read-only system, where the directory exists or is skipped */
    bool ok = cover(root, "usr/local/sbin", programs) && cover(root, "usr/bin/sudo", sudo);
    close_quietly(sudo);
    close_quietly(local);
    return ok;
}

bool host_programs_put(const struct launch *l, int root, int users) {
    int usr = users < 0 ? -1 : open_beneath(root, "usr", false);
    int layers = usr < 0 ? -1 : subdirectory(usr, LAYERS);
    int programs = l->programs == NULL ? -1 : open_beneath(root, l->programs, false);
    bool ok = l->programs == NULL || programs >= 0 || fail("image", "the disk has no directory /%s", l->programs);
    for (size_t i = 0; ok && i < l->system_count; i++) ok = put_directory(l, l->system[i], root, layers, users);
    for (size_t i = 0; ok && layers >= 0 && i < l->layer_count; i++) put_layer(l, l->layer[i], root, layers, users);
    ok = ok && (programs < 0 || put_programs(root, programs));
    close_quietly(programs);
    close_quietly(layers);
    close_quietly(usr);
    return ok;
}
