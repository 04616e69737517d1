/* The name servers of a sandbox. */
#ifndef SANDBOXER_RESOLVERS_H
#define SANDBOXER_RESOLVERS_H

#include "host/state/launch_state.h"

/* Replaces /etc/resolv.conf if the sandbox has resolvers. Ignores failures, because a former sandbox may have put a directory
 * there, removed /etc or filled the disk. */
void resolvers_put(const struct launch *l, int root);

#endif
