#include "host/disk/mounts.h"

#include <fcntl.h>
#include <linux/mount.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

int open_beneath(int top, const char *path, bool cross_mounts) {
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
    if (!cross_mounts) how.resolve |= RESOLVE_NO_XDEV;
    return (int)syscall(SYS_openat2, top, path, &how, sizeof how);
}

int mount_copy(int fd, bool all) {
    unsigned flags = OPEN_TREE_CLOEXEC | OPEN_TREE_CLONE | AT_EMPTY_PATH | (all ? AT_RECURSIVE : 0u);
    return (int)syscall(SYS_open_tree, fd, "", flags);
}

static bool set(int mount, unsigned flags, struct mount_attr *attributes) {
    return syscall(SYS_mount_setattr, mount, "", AT_EMPTY_PATH | flags, attributes, sizeof *attributes) == 0;
}

bool mount_read_only(int mount, bool devices) {
    struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID};
    if (!devices) attributes.attr_set |= MOUNT_ATTR_NODEV;
    return set(mount, AT_RECURSIVE, &attributes);
}

bool mount_map_ids(int mount, int users) {
    struct mount_attr attributes = {.attr_set = MOUNT_ATTR_IDMAP | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
                                    .userns_fd = (unsigned)users};
    return set(mount, 0, &attributes);
}

bool mount_put(int mount, int target) {
    return syscall(SYS_move_mount, mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) == 0;
}
