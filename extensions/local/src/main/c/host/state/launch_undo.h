#ifndef SANDBOXER_LAUNCH_UNDO_H
#define SANDBOXER_LAUNCH_UNDO_H

#include <stddef.h>

#include "host/state/launch_state.h"

/* Kills and removes everything that was made, prints the failure and returns the exit code. */
int launch_undo(const struct launch *l);
void launch_log(const struct launch *l, char *tail, size_t size); /* the end of what bubblewrap printed */

#endif
