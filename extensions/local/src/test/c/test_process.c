/* Tests signals to processes in states that a test can't time over the agent's socket. */
#include "client.h"

#include "process/process.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

/* The pid is the test's own: a signal that is sent ends the test. */
static void test_signal_after_the_end(enum process_state state, bool group) {
    struct process p = {.child.pid = getpid(), .state = state};
    errno = EPERM; /* of an earlier call */
    CHECK(!process_signal(&p, SIGKILL, group), "a process that has ended is not signalled");
    CHECK(errno == ESRCH, "an earlier error does not hide that the process has ended");
}

int main(void) {
    test_signal_after_the_end(ENDED, false);
    test_signal_after_the_end(ENDED, true);
    test_signal_after_the_end(DRAINING, false);
    puts("test_process: ok");
    return 0;
}
