/* An agent to test, as pid 1 of a bubblewrap sandbox that can't write anything of this machine. */
#ifndef SANDBOXER_TEST_SANDBOXED_H
#define SANDBOXER_TEST_SANDBOXED_H

#include <stdbool.h>
#include <sys/types.h>

struct agent {
    char directory[64], socket[100], log[100]; /* log: directory for the sanitizers' reports, /tmp/log inside */
    pid_t bwrap, pid;                          /* pid: of the agent, as seen here */
};

/* `helper`, a static program, appears as /tmp/helper inside. false: there is no usable bwrap on this machine. */
bool agent_start(struct agent *a, const char *binary, const char *helper);
int agent_descriptors(const struct agent *a); /* open ones; -1 when they may not be counted */
void agent_print_descriptors(const struct agent *a); /* what each of them is */
bool agent_reported(const struct agent *a);   /* prints the sanitizers' reports when there are any */
void agent_kill(struct agent *a);

#endif
