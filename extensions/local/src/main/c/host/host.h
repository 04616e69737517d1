/* Functions that the roles on the host share: failures, time, files and processes. */
#ifndef SANDBOXER_HOST_H
#define SANDBOXER_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Remembers the first failure and returns false. Later failures are ignored, since they follow from the first. */
bool fail(const char *code, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool has_failed(void);
/* Prints the failure as one line `CODE: message[: detail]` on stderr and returns the exit code. */
int report_failure(const char *detail);

int64_t monotonic_ms(void);
int remaining_ms(int64_t deadline); /* a timeout for poll: never negative */
/* Makes remaining_ms() return 0 after SIGTERM, SIGINT or SIGHUP, so that they act like a timeout. */
void expire_on_signals(void);

/* Locks stdout if it is a file. The Java side waits for this lock before it changes the sandbox: see SandboxFolder.awaitLauncher() and
 * awaitSnapshot(). False after fail(). */
bool lock_stdout(void);

void close_quietly(int fd); /* keeps errno; does nothing for -1 */

/* For a child before its exec. */
void reset_signals(void); /* SIGTERM and SIGPIPE have their default action, and no signal is blocked */
bool silence(void);       /* replaces 0, 1 and 2 by /dev/null; false with errno */

bool parse_number(const char *text, uint64_t max, uint64_t *value); /* decimal digits only */
bool write_file(const char *path, const char *text);                /* false with errno */
/* Reads field 22 of /proc/PID/stat, in clock ticks. Pid and start time together identify a process even when pids are reused. */
bool start_time_of(pid_t pid, uint64_t *ticks);
pid_t parent_of(pid_t pid); /* 0: none, or no such process */
/* Opens a pidfd of the process with that start time; -1 if it has ended. */
int open_process(pid_t pid, uint64_t start);

#endif
