/* A sandbox's network: a namespace that nobody inside can change, connected to the host's. */
#ifndef SANDBOXER_NETWORK_H
#define SANDBOXER_NETWORK_H

#include "host/state/launch_state.h"

#include <stdbool.h>

/* Makes the namespace, with loopback only. It belongs to the host's user namespace, or for a plain user to a separate one, so a
 * capability in the sandbox's own user namespace has no effect on it. Returns false after fail(). */
bool network_open(struct launch *l);

/* Loads the sandbox's rules and the host's, and then connects the two namespaces. Returns false after fail(). */
bool network_connect(struct launch *l);

/* Call once the sandbox has its first process. Starts the proxies if the rules name domains; for a plain user, waits until slirp4netns has
 * connected the sandbox. Returns false after fail(). */
bool network_finish(const struct launch *l);

/* Moves the caller into the namespace, before it becomes bubblewrap. False with errno. */
bool network_enter(const struct launch *l);

#endif
