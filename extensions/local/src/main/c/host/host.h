/* What the roles on the host, `launch`, `end` and `snapshot`, have in common. */
#ifndef SANDBOXER_HOST_H
#define SANDBOXER_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Keeps the first failure (later ones are its consequences) and returns false. */
bool fail(const char *code, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool has_failed(void);
/* Prints the failure as one line `CODE: message[: detail]` on stderr and returns the exit code. */
int report_failure(const char *detail);

int64_t monotonic_ms(void);
int remaining_ms(int64_t deadline); /* for poll: never negative */
/* Makes SIGTERM, SIGINT and SIGHUP act like a time-out: no time remains after them. */
void hurry_on_signals(void);

/* Others who want to change the sandbox wait for this lock; see awaitLauncher() and awaitSnapshot() of SandboxFolder. */
bool lock_stdout(void);

bool parse_number(const char *text, uint64_t max, uint64_t *value); /* decimal digits only */
bool write_file(const char *path, const char *text);                /* false with errno */
/* Field 22 of /proc/PID/stat, in clock ticks; with the pid it names a process for good. */
bool start_time_of(pid_t pid, uint64_t *ticks);
pid_t parent_of(pid_t pid); /* 0: none, or no such process */

#endif
