/* The agent under test, as pid 1 of a bubblewrap sandbox that can't write to this machine. */
#ifndef SANDBOXER_TEST_SANDBOXED_H
#define SANDBOXER_TEST_SANDBOXED_H

#include <stdbool.h>
#include <sys/types.h>

struct agent {
    char directory[64], socket[100], log[100]; /* log: a directory for the sanitizers' reports, /tmp/log inside */
    pid_t bwrap, pid;                          /* pid: of the agent, outside of the sandbox */
};

/* Puts `helper`, a static program, at /tmp/helper inside. false: this machine has no usable bwrap. */
bool agent_start(struct agent *a, const char *binary, const char *helper);
int agent_descriptors(const struct agent *a); /* counts the open ones; -1 without permission */
void agent_print_descriptors(const struct agent *a); /* prints what each descriptor is */
bool agent_reported(const struct agent *a);   /* prints the sanitizers' reports; true if there are any */
void agent_kill(struct agent *a);

#endif
