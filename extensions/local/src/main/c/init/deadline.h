/* The time at which the agent ends. As it is pid 1, everything in the sandbox ends with it. */
#ifndef SANDBOXER_DEADLINE_H
#define SANDBOXER_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

bool deadline_open(uint64_t ms);
void deadline_set(uint64_t ms); /* 0: does not return */
uint64_t deadline_remaining(void);

#endif
