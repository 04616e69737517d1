#ifndef SANDBOXER_COPY_H
#define SANDBOXER_COPY_H

#include <stdbool.h>

/* Copies a tree to a destination that must not exist. false with errno, as for remove_tree(); then leaves what was copied so
 * far. */
bool copy_tree(const char *source, const char *destination, int peer);

#endif
