/* The host's directories in a sandbox, such as /usr. */
#ifndef SANDBOXER_HOST_PROGRAMS_H
#define SANDBOXER_HOST_PROGRAMS_H

#include "host/state/launch_state.h"

/* Mounts the host's directories in the sandbox's root, and our own programs over some of them. Skips a --layer that the host or
 * the disk does not have.
 * users: the user namespace that maps the host's owners; the sandbox may then change the files, in layers on its own disk. -1:
 * the directories are read-only. Returns false after fail(). */
bool host_programs_put(const struct launch *l, int root, int users);

#endif
