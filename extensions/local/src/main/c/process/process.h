/* The processes that were started for somebody, and the list of them. */
#ifndef SANDBOXER_PROCESS_H
#define SANDBOXER_PROCESS_H

#include "common/wire.h"
#include "loop/children.h"
#include "loop/loop.h"

enum { MAX_PROCESSES = 4096, MAX_ENDED = 256 };
enum { STREAM_STDOUT = 1, STREAM_STDERR = 2, STREAM_PTY = 3 };
enum { START_STDIN = 1, START_PTY = 2, START_SPARE_GROUP = 4 };

struct conn;

enum process_state {
    STARTING, /* exec not yet reported */
    RUNNING,
    DRAINING, /* reaped, its output not yet read to the end */
    ENDED,    /* EXIT was sent; stays attachable for a while */
};

struct stream {
    struct source source;
    struct process *process;
    uint8_t id;
};

struct process {
    struct child child;
    struct process *next, **link; /* all, newest first */
    uint64_t serial;
    enum process_state state;
    bool sudo;
    uint8_t flags;
    char *tag, *cwd;
    struct out command; /* argv and env, as they came on the wire */

    struct source status; /* what the child says until it execs: its cwd, or an ERROR frame */
    struct out said;
    struct stream output[2];
    struct source input; /* a pipe, or a duplicate of the PTY's master */
    bool input_closing;
    struct conn *attached, *waiting; /* waiting: for their input to be taken, oldest first */

    struct timer timeout, timer; /* timer: of DRAINING and ENDED */
    int code;
    uint32_t signal;
    bool timed_out;
};

struct process *process_new(void); /* NULL: no memory. Its sources are to be opened before the fork */
void process_free(struct process *p);

void process_list(struct process *p);       /* it has been forked */
void process_list_ended(struct process *p); /* it counts as ENDED from now on, and its command is forgotten */
void process_limit_ended(void);             /* frees the oldest of too many ended ones */

unsigned processes_alive(void);
bool processes_forgotten(void);           /* none is left, alive or ended */
bool process_room(size_t command_length); /* for one more */
/* Of several with the same tag the newest that runs, else the newest of those in the next state. NULL: none. */
struct process *process_find(uint32_t pid, const char *tag);
struct process *process_next(uint64_t serial); /* the first to be listed that was started after that one */
bool process_signal(struct process *p, uint32_t signo, bool group);

#endif
