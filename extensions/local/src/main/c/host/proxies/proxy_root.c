#include "host/proxies/proxy_root.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static const char *const DIRECTORIES[] = {"usr", "lib", "lib32", "lib64", "bin", "sbin"};
static const char *const DEVICES[] = {"null", "urandom"};

static bool bind_read_only(const char *from, const char *to) {
    return mount(from, to, NULL, MS_BIND, NULL) == 0 &&
           mount(NULL, to, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL) == 0;
}

/* Creates /NAME in the new root, the working directory, as on the host: a link into /usr or a read-only directory; nothing if the host has
 * none. */
static bool copy_directory(const char *name) {
    char host[16] = "/", link[64];
    strcat(host, name);
    ssize_t n = readlink(host, link, sizeof link - 1);
    if (n > 0) {
        link[n] = '\0';
        return symlink(link, name) == 0;
    }
    return access(host, F_OK) != 0 || (mkdir(name, 0755) == 0 && bind_read_only(host, name));
}

static bool copy_device(const char *name) {
    char host[32] = "/dev/", place[32] = "dev/";
    strcat(host, name);
    strcat(place, name);
    int fd = open(place, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0) return false;
    close(fd);
    return mount(host, place, NULL, MS_BIND, NULL) == 0;
}

static bool copy_config(int from) {
    struct stat st;
    int to = open("config", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    bool ok = to >= 0 && fstat(from, &st) == 0 && lseek(from, 0, SEEK_SET) == 0;
    while (ok && st.st_size > 0) {
        ssize_t n = sendfile(to, from, NULL, (size_t)st.st_size);
        ok = n > 0;
        st.st_size -= n;
    }
    if (to >= 0) close(to);
    return ok;
}

bool proxy_root_enter(const char *stage, int config, uid_t user) {
    umask(022);
    bool ok = unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
              mount("proxy", stage, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4m,mode=755") == 0 && chdir(stage) == 0;
    ok = ok && mkdir("dev", 0755) == 0 && mkdir("tmp", 0700) == 0 && chown("tmp", user, user) == 0;
    for (size_t i = 0; ok && i < sizeof DIRECTORIES / sizeof *DIRECTORIES; i++) ok = copy_directory(DIRECTORIES[i]);
    for (size_t i = 0; ok && i < sizeof DEVICES / sizeof *DEVICES; i++) ok = copy_device(DEVICES[i]);
    /* pivot_root puts the old root over the new one; unmounting it leaves the new one */
    return ok && copy_config(config) && syscall(SYS_pivot_root, ".", ".") == 0 && umount2(".", MNT_DETACH) == 0 &&
           chdir("/") == 0;
}
