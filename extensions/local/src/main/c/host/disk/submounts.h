#ifndef SANDBOXER_SUBMOUNTS_H
#define SANDBOXER_SUBMOUNTS_H

#include <stdbool.h>

/* Mounts read-only, at the same paths in the sandbox's root, what the host has mounted below a directory: an overlay shows one file
 * system only. Skips mounts whose path does not exist in the sandbox. False with errno. */
bool submounts_put(const char *directory, int root);

#endif
