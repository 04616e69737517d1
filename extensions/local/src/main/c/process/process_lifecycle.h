/* The states of a process, from its fork until it is forgotten. */
#ifndef SANDBOXER_PROCESS_LIFECYCLE_H
#define SANDBOXER_PROCESS_LIFECYCLE_H

#include "process/process.h"

void process_status_ready(struct source *s, uint32_t events);
void process_output_ready(struct source *s, uint32_t events);
void process_forked(struct process *p, pid_t pid, uint64_t timeout_ms); /* 0: no limit */

#endif
