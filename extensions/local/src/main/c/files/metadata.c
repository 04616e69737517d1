#include "files/metadata.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#define PREFIX "user.e2b."
enum { PREFIX_LENGTH = sizeof PREFIX - 1, MAX_METADATA = 4096, MAX_KEY = XATTR_NAME_MAX - PREFIX_LENGTH };

static bool printable(const char *text, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (text[i] < ' ' || text[i] > '~') return false;
    }
    return true;
}

static bool is_metadata(const char *name) {
    return strncmp(name, PREFIX, PREFIX_LENGTH) == 0 && name[PREFIX_LENGTH] != '\0';
}

/* Skips attributes that don't fit the protocol: processes inside can set any. */
static uint32_t append_pairs(struct out *values, const char *file, const char *names, size_t size) {
    char value[MAX_METADATA];
    uint32_t count = 0;
    for (const char *name = names; name < names + size && values->len < 2 * MAX_METADATA; name += strlen(name) + 1) {
        if (!is_metadata(name) || !printable(name, strlen(name))) continue;
        ssize_t n = lgetxattr(file, name, value, sizeof value);
        if (n < 0 || !printable(value, (size_t)n)) continue;
        out_str(values, name + PREFIX_LENGTH, strlen(name) - PREFIX_LENGTH);
        out_str(values, value, (size_t)n);
        count++;
    }
    return count;
}

void out_metadata(struct out *o, int dir, const char *at, mode_t mode) {
    static char names[XATTR_LIST_MAX];
    char file[PATH_MAX + 32];
    ssize_t size = -1;
    /* Before Linux 6.13 there is no call for attributes relative to a directory; a path through /proc does the same. */
    if (dir == AT_FDCWD || at[0] == '/') snprintf(file, sizeof file, "%s", at);
    else snprintf(file, sizeof file, "/proc/self/fd/%d/%s", dir, at);
    if (S_ISREG(mode) || S_ISDIR(mode)) size = llistxattr(file, names, sizeof names);
    struct out values = {0};
    out_u32(o, size > 0 ? append_pairs(&values, file, names, (size_t)size) : 0);
    out_bytes(o, values.data, values.len);
    out_free(&values);
}

const char *check_metadata(char **pairs, enum error_code *code) {
    size_t total = 0;
    for (char **p = pairs; *p != NULL; p += 2) {
        size_t key = strlen(p[0]), value = strlen(p[1]);
        total += key + value;
        *code = E_INVALID;
        if (key == 0) return "an empty metadata key";
        if (!printable(p[0], key) || !printable(p[1], value)) return "metadata is not printable ASCII";
        *code = E_TOO_LONG;
        if (key > MAX_KEY) return "a metadata key is too long";
        if (total > MAX_METADATA) return "the metadata has more than 4096 bytes";
    }
    return NULL;
}

static bool remove_all(int fd) {
    static char names[XATTR_LIST_MAX];
    ssize_t size = flistxattr(fd, names, sizeof names);
    if (size < 0) return errno == ENOTSUP;
    for (const char *name = names; name < names + size; name += strlen(name) + 1) {
        if (is_metadata(name) && fremovexattr(fd, name) != 0 && errno != ENODATA) return false;
    }
    return true;
}

bool replace_metadata(int fd, char **pairs) {
    char name[XATTR_NAME_MAX + 1];
    if (!remove_all(fd)) return false;
    for (char **p = pairs; *p != NULL; p += 2) {
        snprintf(name, sizeof name, PREFIX "%s", p[0]);
        if (fsetxattr(fd, name, p[1], strlen(p[1]), 0) == 0) continue;
        if (errno == ENOSPC || errno == ERANGE) errno = E2BIG; /* the attributes' space in the inode is full, not the disk */
        return false;
    }
    return true;
}
