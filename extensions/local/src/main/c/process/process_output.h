/* The output of a process, and the connections attached to it. */
#ifndef SANDBOXER_PROCESS_OUTPUT_H
#define SANDBOXER_PROCESS_OUTPUT_H

#include "loop/conn.h"
#include "process/process.h"

void process_attach(struct process *p, struct conn *c);
void process_detach(struct process *p, struct conn *c);
struct conn *process_take_attached(struct process *p); /* detaches one and returns it; NULL: none is left */
void process_send_started(struct process *p, struct conn *c);
void process_send_exit(struct process *p, struct conn *c); /* sends EXIT and finishes the connection */

bool process_output_forward(struct stream *s); /* reads once; true if it read data or the end */
void process_output_resume(struct process *p); /* call after an attached connection has sent data or left */
bool process_output_blocked(const struct process *p); /* true if an attached connection has too much unsent */
bool process_output_waiting(const struct process *p); /* true if data or an end can be read */
bool process_output_over(const struct process *p);    /* true if all output has ended */
void process_output_abandon(struct process *p);       /* discards all output from now on */

#endif
