/* Mounts that are prepared while detached and then attached, by system calls that an older C library lacks. */
#ifndef SANDBOXER_MOUNTS_H
#define SANDBOXER_MOUNTS_H

#include <stdbool.h>
#include <sys/types.h>

/* Opens a path below a directory as O_PATH without following links, since a former sandbox may have put links on its disk. -1 with
 * errno. */
int open_beneath(int top, const char *path, bool cross_mounts);

/* Returns a detached copy of the mount; with `all`, of the mounts below it too. -1 with errno. */
int mount_copy(int fd, bool all);
bool mount_read_only(int mount, bool devices); /* and all mounts below it; `devices`: device nodes work */
bool mount_map_ids(int mount, int users);      /* shows owners as the user namespace maps them; also nosuid and nodev */
bool mount_put(int mount, int target);         /* attaches it over the file or directory */

#endif
