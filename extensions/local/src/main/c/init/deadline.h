/* The deadline, at which the agent exits. The agent is pid 1, so the whole sandbox ends with it. Times are in ms from now. */
#ifndef SANDBOXER_DEADLINE_H
#define SANDBOXER_DEADLINE_H

#include <stdbool.h>
#include <stdint.h>

bool deadline_open(uint64_t ms);
void deadline_set(uint64_t ms); /* 0: ends at once and does not return */
uint64_t deadline_remaining(void); /* 0: passed */

#endif
