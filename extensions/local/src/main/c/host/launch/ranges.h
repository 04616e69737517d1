/* Ranges of the host's uids. Each sandbox takes one that no other sandbox uses. */
#ifndef SANDBOXER_RANGES_H
#define SANDBOXER_RANGES_H

#include <stdbool.h>
#include <stdint.h>

/* Takes a free range of `count` ids. The range that begins at `first` is not among them: sandboxes without a range of their own
 * share it. A range is taken by a lock on its file in the directory. The kernel releases the lock with the last copy of the
 * descriptor, so the range is free again exactly when its sandbox has ended. Returns the descriptor and sets *base; -1 after
 * fail(). */
int range_take(const char *directory, uint32_t first, uint32_t count, uint32_t *base);

#endif
