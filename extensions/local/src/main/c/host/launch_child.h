#ifndef SANDBOXER_LAUNCH_CHILD_H
#define SANDBOXER_LAUNCH_CHILD_H

#include "host/launch_state.h"

/* Becomes bubblewrap. Never returns: a failure before the exec is told on the info pipe, as `!CODE: message`. */
_Noreturn void launch_child(const struct launch *l);

#endif
