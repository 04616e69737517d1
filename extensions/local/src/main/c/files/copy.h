#ifndef SANDBOXER_COPY_H
#define SANDBOXER_COPY_H

#include <stdbool.h>

/* The destination must not exist. false with errno, as of remove_tree(); leaves what was copied so far. */
bool copy_tree(const char *source, const char *destination, int peer);

#endif
