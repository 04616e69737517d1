/* The network of a plain user's sandbox. The network namespace belongs to a separate user namespace, the parent of the
 * sandbox's, so no capability inside has an effect on it. slirp4netns passes packets on as connections of that user. */
#ifndef SANDBOXER_USER_NETWORK_H
#define SANDBOXER_USER_NETWORK_H

#include "host/state/launch_state.h"

#include <stdbool.h>

/* Like network_open(), network_connect() and network_finish(). All return false after fail(). */
bool user_network_open(struct launch *l);
bool user_network_connect(struct launch *l);
bool user_network_await(const struct launch *l);

/* Returns the user namespace that owns the network namespace of a process; -1 with errno. *network: the network namespace, or
 * -1. */
int user_network_of(pid_t pid, int *network);

#endif
