#include "host/launch/ranges.h"

#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

/* With 65,536 ids each, the last range ends at the largest signed 32-bit number. */
enum { RANGES = 4095 };

static int open_directory(const char *path) {
    struct stat st;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) return fail("io", "%s: %s", path, strerror(errno)) - 1;
    if (fstat(fd, &st) == 0 && st.st_uid == geteuid() && (st.st_mode & 022) == 0) return fd;
    close_quietly(fd);
    return fail("io", "%s may be changed by others", path) - 1; /* they could make two sandboxes share a range */
}

/* Returns the locked file; -1 with errno, EWOULDBLOCK if another process has the lock. */
static int try_range(int directory, uint32_t number) {
    char name[16];
    snprintf(name, sizeof name, "%u", number);
    int fd = openat(directory, name, O_RDONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0) return fd;
    close_quietly(fd);
    return -1;
}

/* Starts at a random range, so that the first attempt usually succeeds and a released range is not reused at once. */
static int take_any(int directory, uint32_t *number) {
    uint32_t start = 0;
    if (getrandom(&start, sizeof start, 0) < 0) start = (uint32_t)getpid();
    for (uint32_t i = 0; i < RANGES; i++) {
        *number = 1 + (start % RANGES + i) % RANGES;
        int fd = try_range(directory, *number);
        if (fd >= 0) return fd;
        if (errno != EWOULDBLOCK) return fail("io", "locking the uid range %u: %s", *number, strerror(errno)) - 1;
    }
    return fail("no_ids", "all %d ranges of uids are in use", RANGES) - 1;
}

int range_take(const char *directory, uint32_t first, uint32_t count, uint32_t *base) {
    if ((uint64_t)first + (RANGES + 1ull) * count > UINT32_MAX) return fail("usage", "--uid-base or --uid-count is too large") - 1;
    uint32_t number = 0;
    int top = open_directory(directory);
    int fd = top < 0 ? -1 : take_any(top, &number);
    close_quietly(top);
    *base = first + number * count;
    return fd;
}
