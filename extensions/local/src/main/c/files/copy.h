#ifndef SANDBOXER_COPY_H
#define SANDBOXER_COPY_H

#include <stdbool.h>

/* Copies a tree to a destination that must not exist. Returns false with errno, as remove_tree() does; the partial copy then stays. */
bool copy_tree(const char *source, const char *destination, int peer);

#endif
