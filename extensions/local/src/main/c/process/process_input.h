/* The input of a process, and the connections whose frames wait to be written to it. */
#ifndef SANDBOXER_PROCESS_INPUT_H
#define SANDBOXER_PROCESS_INPUT_H

#include "loop/conn.h"
#include "process/process.h"

void process_input_ready(struct source *s, uint32_t events);
/* Queues the frame that c is handling, from c->written on, and calls its role's input_done when all is written. false: stdin is
 * closed. */
bool process_input(struct process *p, struct conn *c);
void process_input_forget(struct process *p, struct conn *c);
void process_input_close(struct process *p); /* closes once everything queued is written */
void process_input_close_at_once(struct process *p);

#endif
