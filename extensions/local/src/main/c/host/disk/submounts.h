#ifndef SANDBOXER_SUBMOUNTS_H
#define SANDBOXER_SUBMOUNTS_H

#include <stdbool.h>

/* Mounts the file systems that the host has mounted below a directory, read-only and at the same paths in the sandbox's root: an overlay
 * shows one file system only. Skips mounts whose path does not exist in the sandbox. False with errno. */
bool submounts_put(const char *directory, int root);

#endif
