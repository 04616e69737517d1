#include "host/disk/image.h"

#include "host/disk/mounts.h"
#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COPY_STEP = 16 << 20, LOOP_TRIES = 64 };

static bool copy_failed(const char *to, int error) {
    bool full = error == ENOSPC || error == EDQUOT || error == EFBIG;
    return fail(full ? "no_space" : "io", "copying the disk image to %s: %s", to, strerror(error));
}

/* Copies one piece by read and write, for file systems between which copy_file_range does not work. */
static ssize_t copy_by_hand(int in, int out, off_t at, size_t n) {
    static char buffer[256 << 10];
    ssize_t got = pread(in, buffer, n < sizeof buffer ? n : sizeof buffer, at);
    if (got <= 0) return got;
    return pwrite(out, buffer, (size_t)got, at);
}

static ssize_t copy_piece(int in, int out, off_t at, size_t n) {
    static bool by_hand;
    if (!by_hand) {
        off_t from = at, to = at;
        ssize_t done = copy_file_range(in, &from, out, &to, n, 0);
        if (done > 0 || (done < 0 && (errno == ENOSPC || errno == EDQUOT || errno == EINTR))) return done;
        by_hand = true;
    }
    return copy_by_hand(in, out, at, n);
}

static bool copy_extent(int in, int out, off_t at, off_t end, const char *to, int64_t deadline) {
    while (at < end) {
        size_t n = end - at > COPY_STEP ? (size_t)COPY_STEP : (size_t)(end - at);
        ssize_t done = copy_piece(in, out, at, n);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return copy_failed(to, errno);
        if (done == 0) return true; /* the source became shorter */
        at += done;
        if (remaining_ms(deadline) == 0) return fail("timeout", "no time left while copying the disk image");
    }
    return true;
}

static bool copy_data(int in, int out, off_t size, const char *to, int64_t deadline) {
    off_t end = 0;
    while (end < size) {
        off_t at = lseek(in, end, SEEK_DATA);
        if (at < 0 && errno == ENXIO) return true; /* only a hole is left */
        if (at < 0) return copy_failed(to, errno);
        end = lseek(in, at, SEEK_HOLE);
        if (end < 0) return copy_failed(to, errno);
        if (!copy_extent(in, out, at, end, to, deadline)) return false;
    }
    return true;
}

/* A copy in progress. */
struct copying {
    int in, out;
    off_t size;
    const char *to;
};

static bool open_source(struct copying *c, const char *from) {
    struct stat st;
    c->in = open(from, O_RDONLY | O_CLOEXEC);
    if (c->in < 0) return fail("io", "opening the disk image %s: %s", from, strerror(errno));
    if (fstat(c->in, &st) != 0 || !S_ISREG(st.st_mode)) return fail("io", "the disk image is not a regular file");
    c->size = st.st_size;
    return true;
}

static bool begin_copy(struct copying *c, const char *from, bool *created) {
    if (!open_source(c, from)) return false;
    c->out = open(c->to, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (c->out < 0) return copy_failed(c->to, errno);
    *created = true;
    return ftruncate(c->out, c->size) == 0 || copy_failed(c->to, errno);
}

bool image_copy(const char *from, const char *to, int64_t deadline, bool *created) {
    struct copying c = {.in = -1, .out = -1, .to = to};
    bool ok = begin_copy(&c, from, created) && copy_data(c.in, c.out, c.size, to, deadline);
    close(c.in);
    if (c.out >= 0 && close(c.out) != 0 && ok) return copy_failed(to, errno);
    return ok;
}

/* Returns a descriptor of the device, whose path is put in `device`; -1 with errno. The kernel frees the device when its last user closes
 * it. */
static int attach_loop(int image, char *device, size_t size) {
    int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    if (control < 0) return -1;
    struct loop_config config = {.fd = (uint32_t)image};
    config.info.lo_flags = LO_FLAGS_AUTOCLEAR;
    int loop = -1;
    for (int attempt = 0; loop < 0 && attempt < LOOP_TRIES; attempt++) {
        int number = ioctl(control, LOOP_CTL_GET_FREE);
        if (number < 0) break;
        snprintf(device, size, "/dev/loop%d", number);
        loop = open(device, O_RDWR | O_CLOEXEC);
        if (loop < 0) break;
        if (ioctl(loop, LOOP_CONFIGURE, &config) == 0) break;
        int error = errno;
        close(loop);
        loop = -1;
        errno = error;
        if (error != EBUSY && error != EAGAIN && error != EINTR) break; /* EBUSY: another process took that device */
    }
    int error = errno;
    close(control);
    errno = error;
    return loop;
}

static bool mount_device(const char *device, const char *directory) {
    /* noinit_itable: otherwise the kernel writes all inode tables in the background and fills the sparse file.
     * barrier=0: a sandbox does not outlive its host, so its data need not survive a power failure, and mounting skips one wait for the
     * disk. */
    if (mount(device, directory, "ext4", MS_NOSUID | MS_NODEV, "noinit_itable,barrier=0") == 0) return true;
    return fail("io", "mounting the disk image on %s: %s", directory, strerror(errno));
}

static bool open_image(struct copying *c) {
    c->out = open(c->to, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    return c->out >= 0 || fail("io", "opening the disk image %s: %s", c->to, strerror(errno));
}

bool image_mount(const char *from, const char *image, const char *directory, int64_t deadline, bool *created) {
    struct copying c = {.in = -1, .out = -1, .to = image};
    char device[32] = "";
    if (!(from == NULL ? open_image(&c) : begin_copy(&c, from, created))) return false;
    /* attached while the image is empty, because attaching waits until its content has reached the disk */
    int loop = attach_loop(c.out, device, sizeof device);
    bool ok = loop >= 0 || fail("no_loop_device", "attaching %s to a loop device %s: %s", image, device, strerror(errno));
    ok = ok && (from == NULL || copy_data(c.in, c.out, c.size, image, deadline)) && mount_device(device, directory);
    close(loop);
    close(c.in);
    close(c.out);
    return ok;
}

bool unshare_mounts(void) {
    if (unshare(CLONE_NEWNS) != 0) return fail("io", "creating a mount namespace: %s", strerror(errno));
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 || mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL) != 0) {
        return fail("io", "setting the mount propagation: %s", strerror(errno));
    }
    return true;
}

bool seal_mounts(void) {
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 || fail("io", "setting the mount propagation: %s", strerror(errno));
}

bool tree_mount(const char *tree, const char *directory) {
    if (mount(tree, directory, NULL, MS_BIND, NULL) != 0 ||
        mount(NULL, directory, NULL, MS_BIND | MS_REMOUNT | MS_NOSUID | MS_NODEV, NULL) != 0) {
        return fail("io", "binding %s to %s: %s", tree, directory, strerror(errno));
    }
    return true;
}

bool is_real_file(const char *directory, const char *path) {
    struct stat st;
    int top = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int fd = top < 0 ? -1 : open_beneath(top, path, false);
    bool real = fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    close(fd);
    close(top);
    return real || fail("image", "the disk has no regular file /%s", path);
}
