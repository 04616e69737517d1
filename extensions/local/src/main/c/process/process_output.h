/* The output of a process, and the connections that are attached to it. */
#ifndef SANDBOXER_PROCESS_OUTPUT_H
#define SANDBOXER_PROCESS_OUTPUT_H

#include "loop/conn.h"
#include "process/process.h"

void process_attach(struct process *p, struct conn *c);
void process_detach(struct process *p, struct conn *c);
struct conn *process_take_attached(struct process *p); /* detaches one; NULL: none is left */
void process_say_started(struct process *p, struct conn *c);
void process_say_exit(struct process *p, struct conn *c); /* and finish */

bool process_output_pass_on(struct stream *s); /* once; true when something was read, the end perhaps */
void process_output_resume(struct process *p); /* after somebody attached has read something, or has left */
bool process_output_blocked(const struct process *p);
bool process_output_waiting(const struct process *p); /* something is there to be read, its end perhaps */
bool process_output_over(const struct process *p);
void process_output_abandon(struct process *p); /* what is still open is read and thrown away from now on */

#endif
