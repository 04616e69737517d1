#include "host/launch/covers.h"

#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

/* Holds the empty file and directory that cover the others. It exists on every kernel and has to be covered itself. */
#define COVERS "/proc/fs"
static const char EMPTY_FILE[] = COVERS "/.file", EMPTY_DIRECTORY[] = COVERS "/.directory";

/* Not covered are files that programs read to choose their size (cpuinfo, meminfo, stat, loadavg, uptime, version, vmstat,
 * cgroups) and files that only the host's root can read. */
static const char *const files[] = {
    "bootconfig", "buddyinfo",  "cmdline",   "config.gz",   "consoles", "crypto",        "devices",    "diskstats",
    "dma",        "execdomains", "fb",       "interrupts",  "iomem",    "ioports",       "kallsyms",   "key-users",
    "keys",       "latency_stats", "mdstat", "misc",        "modules",  "mtrr",          "partitions", "sched_debug",
    "schedstat",  "softirqs",   "swaps",     "timer_stats", "version_signature", "zoneinfo",
};
static const char *const directories[] = {
    "acpi", "asound", "bus", "device-tree", "driver", "dynamic_debug", "ide", "irq", "mpt", "pressure", "scsi",
};

static bool make_covers(void) {
    if (mount("covers", COVERS, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k,nr_inodes=8,mode=555") != 0) return false;
    int file = open(EMPTY_FILE, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
    close_quietly(file);
    return file >= 0 && mkdir(EMPTY_DIRECTORY, 0555) == 0;
}

/* Ignores names that this kernel does not have. */
static bool cover(const char *by, const char *name) {
    char path[64] = "/proc/";
    strncat(path, name, sizeof path - sizeof "/proc/");
    return mount(by, path, NULL, MS_BIND, NULL) == 0 || errno == ENOENT || errno == ENOTDIR;
}

bool cover_proc(void) {
    umask(0);
    if (!make_covers()) return false;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        if (!cover(EMPTY_FILE, files[i])) return false;
    }
    for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
        if (!cover(EMPTY_DIRECTORY, directories[i])) return false;
    }
    /* makes the file system read-only, and with it every cover */
    return mount(NULL, COVERS, NULL, MS_REMOUNT | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, "size=4k,nr_inodes=8,mode=555") == 0;
}
