#ifndef SANDBOXER_LAUNCH_CHILD_H
#define SANDBOXER_LAUNCH_CHILD_H

#include "host/state/launch_state.h"

/* Becomes bubblewrap. Never returns: it writes a failure before the exec to the info pipe, as `!CODE: message`. */
_Noreturn void launch_child(const struct launch *l);

#endif
