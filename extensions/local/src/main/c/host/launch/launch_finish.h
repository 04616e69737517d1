#ifndef SANDBOXER_LAUNCH_FINISH_H
#define SANDBOXER_LAUNCH_FINISH_H

#include "host/state/launch_state.h"

/* Does what bubblewrap has no option for: covers the files of /proc that describe the host, and limits the number of terminals.
 * Enters the sandbox's namespace for that, while only the agent runs inside. False after fail(). */
bool finish_mounts(const struct launch *l);

#endif
