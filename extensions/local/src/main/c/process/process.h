/* The processes that were started by requests, and the list of them. */
#ifndef SANDBOXER_PROCESS_H
#define SANDBOXER_PROCESS_H

#include "common/wire.h"
#include "loop/children.h"
#include "loop/loop.h"

enum { MAX_PROCESSES = 4096, MAX_ENDED = 256 };
enum { STREAM_STDOUT = 1, STREAM_STDERR = 2, STREAM_PTY = 3 };
enum { START_STDIN = 1, START_PTY = 2 };

struct conn;

enum process_state {
    STARTING, /* forked; exec not yet reported */
    RUNNING,
    DRAINING, /* reaped; its output is not yet read to the end */
    ENDED,    /* EXIT was sent; can still be attached to for a while */
};

struct stream {
    struct source source;
    struct process *process;
    uint8_t id;
};

struct process {
    struct child child;
    struct process *next, **link; /* in the list of all, newest first */
    uint64_t serial;
    enum process_state state;
    bool sudo;
    uint8_t flags;
    char *tag, *cwd;
    struct out command; /* argv and env, in wire format */

    struct source status; /* a pipe for the child's report before its exec: a PROCESS frame with its cwd, or an ERROR frame */
    struct out report;
    struct stream output[2];
    struct source input; /* a pipe, or a duplicate of the PTY's master */
    bool input_closing;
    struct conn *attached, *waiting; /* waiting: those whose input is not yet written, oldest first */

    struct timer timeout, timer; /* timer: for DRAINING and ENDED */
    uint64_t drained_by; /* end of DRAINING after a kill, by now_ms(); 0: no limit */
    int code;
    uint32_t signal;
    bool timed_out;
};

struct process *process_new(void); /* NULL: out of memory. Open its sources before the fork */
void process_free(struct process *p);

void process_list(struct process *p);       /* adds a forked process to the list */
void process_list_ended(struct process *p); /* changes its state to ENDED and frees its command */
void process_limit_ended(void);             /* frees the oldest ended process if there are too many */

unsigned processes_alive(void);
bool processes_forgotten(void);           /* true if no process is left, alive or ended */
bool process_room(size_t command_length); /* true if one more process may start */
/* Finds a process by its pid, or by its tag if pid is 0. Of several with the same tag, returns the newest that runs, then the
 * newest that drains, then the newest that has ended. NULL: none. */
struct process *process_find(uint32_t pid, const char *tag);
struct process *process_next(uint64_t serial); /* the oldest living process with a higher serial; NULL: none */
/* Returns false with errno set: ESRCH if the process has ended, or kill's. */
bool process_signal(struct process *p, uint32_t signo, bool group);

#endif
