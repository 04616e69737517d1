#include "host/stage/stage.h"

#include "host/disk/file_owner.h"
#include "host/disk/id_map.h"
#include "host/disk/image.h"
#include "host/disk/mounts.h"
#include "host/host.h"
#include "host/stage/devices.h"
#include "host/stage/host_programs.h"
#include "host/stage/resolvers.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static const char SIZE[] = "size=64k,mode=755";

struct path {
    char text[PATH_MAX];
};

static struct path on_stage(const struct launch *l, const char *name) {
    struct path path;
    snprintf(path.text, sizeof path.text, "%s/%s", l->stage, name);
    return path;
}

static bool make(const struct launch *l, const char *name) {
    return mkdir(on_stage(l, name).text, 0755) == 0 || fail("io", "%s/%s: %s", l->stage, name, strerror(errno));
}

bool stage_open(const struct launch *l) {
    if (mount("sandbox", l->stage, "tmpfs", MS_NOSUID | MS_NOEXEC, SIZE) != 0) {
        return fail("io", "mounting a tmpfs on %s: %s", l->stage, strerror(errno));
    }
    umask(022);
    bool ok = make(l, "disk") && make(l, "dev") && devices_make(on_stage(l, "dev").text, l->uid_base);
    umask(077);
    return ok;
}

bool stage_disk(struct launch *l) {
    struct path disk = on_stage(l, "disk");
    if (l->image_copy != NULL && !image_mount(l->image, l->image_copy, disk.text, l->deadline, &l->copy_created)) return false;
    if (l->tree != NULL && !tree_mount(l->tree, disk.text)) return false;
    return l->real_file == NULL || is_real_file(disk.text, l->real_file);
}

/* Finds the first of the ids that own the files on the disk: 0, or the first of the shared range. The owner of the root directory shows
 * which one: the sandbox may have changed that owner, but only to another of its own users. */
static bool owners_of(const struct launch *l, int disk, uint32_t *first) {
    struct stat st;
    if (fstat(disk, &st) != 0) return fail("io", "reading the disk's root directory: %s", strerror(errno));
    bool shared = st.st_uid - l->shared_base < l->uid_count;
    *first = shared ? l->shared_base : 0;
    if (!shared && st.st_uid >= l->uid_count) return fail("image", "the disk belongs to uid %u of the host", st.st_uid);
    if (!shared && l->ranges == NULL) return fail("no_idmap", "the disk's files have owners that this host can't map");
    return true;
}

/* Opens the user namespaces that map the owners of the disk's files and of the host's. -1: owners are not mapped. */
static bool map_owners(const struct launch *l, int disk, int *of_disk, int *of_host) {
    uint32_t first;
    if (!owners_of(l, disk, &first)) return false;
    if (l->ranges == NULL) return true;
    *of_host = id_map_of(l->child);
    if (*of_host < 0) return false;
    *of_disk = first == 0 ? *of_host : id_map_new(first, l->uid_base, l->uid_count);
    return *of_disk >= 0;
}

/* Returns the sandbox's root directory; -1 after fail(). */
static int put_root(const struct launch *l, int disk, int users) {
    int mount = mount_copy(disk, false);
    if (mount < 0) return fail("io", "copying the disk's mount: %s", strerror(errno)) - 1;
    bool ok = users < 0 || mount_map_ids(mount, users) || fail("no_idmap", "mapping the disk's owners: %s", strerror(errno));
    struct path path = on_stage(l, "root");
    ok = ok && make(l, "root");
    int place = ok ? open(path.text, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    ok = ok && (place >= 0 || fail("io", "%s: %s", path.text, strerror(errno)));
    ok = ok && (mount_put(mount, place) || fail("io", "attaching the disk's mount: %s", strerror(errno)));
    close_quietly(mount);
    close_quietly(place);
    int root = ok ? open(path.text, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    if (ok && root < 0) fail("io", "opening the attached disk: %s", strerror(errno));
    return root;
}

static bool put_all(const struct launch *l, int disk) {
    int of_disk = -1, of_host = -1;
    bool ok = map_owners(l, disk, &of_disk, &of_host);
    int root = ok ? put_root(l, disk, of_disk) : -1;
    if (root >= 0) resolvers_put(l, root);
    ok = root >= 0 && host_programs_put(l, root, of_host);
    close_quietly(root);
    if (of_disk != of_host) close_quietly(of_disk);
    close_quietly(of_host);
    return ok;
}

bool stage_finish(const struct launch *l) {
    int disk = open(on_stage(l, "disk").text, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (disk < 0) return fail("io", "opening the disk: %s", strerror(errno));
    umask(022);
    bool ok = create_files_as(l->uid_base) && put_all(l, disk);
    ok = create_files_as(0) && ok;
    umask(077);
    close_quietly(disk);
    return ok && seal_mounts();
}
