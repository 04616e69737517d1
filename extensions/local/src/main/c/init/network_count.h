/* Writes the sandbox's network traffic to a file of the host when the agent ends, since the kernel drops its counters then. */
#ifndef SANDBOXER_NETWORK_COUNT_H
#define SANDBOXER_NETWORK_COUNT_H

#include <stdbool.h>

bool network_count_open(void); /* does nothing if the sandbox has no network */
void network_count_write(void);

#endif
