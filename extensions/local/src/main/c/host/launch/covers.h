#ifndef SANDBOXER_COVERS_H
#define SANDBOXER_COVERS_H

#include <stdbool.h>

/* Covers those files and directories of /proc that describe the host and that no program needs, with empty ones. Must run in the
 * sandbox's mount namespace. False with errno. */
bool cover_proc(void);

#endif
