#ifndef SANDBOXER_LAUNCH_UNDO_H
#define SANDBOXER_LAUNCH_UNDO_H

#include <stddef.h>

#include "host/launch_state.h"

/* Kills and removes all that was made, reports the failure, returns the exit code. */
int launch_undo(const struct launch *l);
void launch_log(const struct launch *l, char *tail, size_t size); /* the last that bubblewrap printed */

#endif
