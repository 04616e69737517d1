#include "host/disk/submounts.h"

#include "host/disk/mounts.h"
#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Decodes in place. The kernel writes spaces, tabs, line ends and backslashes as \ and three octal digits. */
static void decode(char *text) {
    char *to = text;
    for (const char *from = text; *from != '\0'; to++) {
        if (from[0] == '\\' && strlen(from) >= 4) {
            *to = (char)strtol((char[]){from[1], from[2], from[3], '\0'}, NULL, 8);
            from += 4;
        } else {
            *to = *from++;
        }
    }
    *to = '\0';
}

static bool put(const char *path, int root) {
    int host = open(path, O_PATH | O_CLOEXEC), target = open_beneath(root, path + 1, true);
    int mount = host < 0 || target < 0 ? -1 : mount_copy(host, false);
    bool ok = mount < 0 || (mount_read_only(mount, false) && mount_put(mount, target));
    close_quietly(mount);
    close_quietly(host);
    close_quietly(target);
    return ok;
}

/* Returns the fifth field of a line of /proc/self/mountinfo. */
static char *mount_point(char *line) {
    char *field = NULL;
    for (int i = 0; i < 5; i++) field = strsep(&line, " ");
    return field;
}

bool submounts_put(const char *directory, int root) {
    FILE *mounts = fopen("/proc/self/mountinfo", "re");
    if (mounts == NULL) return false;
    char *line = NULL;
    size_t size = 0, n = strlen(directory);
    bool ok = true;
    while (ok && getline(&line, &size, mounts) > 0) {
        char *point = mount_point(line);
        if (point == NULL || strncmp(point, directory, n) != 0 || point[n] != '/') continue;
        decode(point);
        ok = put(point, root);
    }
    free(line);
    fclose(mounts);
    return ok;
}
