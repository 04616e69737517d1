#ifndef SANDBOXER_LAUNCH_OPTIONS_H
#define SANDBOXER_LAUNCH_OPTIONS_H

#include "host/state/launch_state.h"

bool launch_options(struct launch *l, int argc, char **argv); /* false after fail() */

#endif
