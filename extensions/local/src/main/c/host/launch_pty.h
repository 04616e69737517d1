#ifndef SANDBOXER_LAUNCH_PTY_H
#define SANDBOXER_LAUNCH_PTY_H

#include "host/launch_state.h"

/* Limits the pseudo-terminals of the sandbox, since the host has few for everybody. To be called once its mounts are there and
 * only the agent runs in it. A kernel that refuses does not fail the launch. */
void limit_terminals(const struct launch *l);

#endif
