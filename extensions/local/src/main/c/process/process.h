/* The processes that were started for somebody: their streams, who is attached, and how they end. */
#ifndef SANDBOXER_PROCESS_H
#define SANDBOXER_PROCESS_H

#include "loop/children.h"
#include "loop/conn.h"
#include "loop/loop.h"

enum { MAX_PROCESSES = 4096, MAX_ENDED = 256, ENDED_MS = 30000, DRAIN_MS = 100 };
enum { STREAM_STDOUT = 1, STREAM_STDERR = 2, STREAM_PTY = 3 };
enum { START_STDIN = 1, START_PTY = 2, START_SPARE_GROUP = 4 };

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

unsigned processes_alive(void);
bool process_room(size_t command_length); /* for one more */
struct process *process_new(void); /* NULL: no memory. Its sources are to be opened before the fork */
void process_forked(struct process *p, pid_t pid, uint64_t timeout_ms);
void process_free(struct process *p);
void process_status_ready(struct source *s, uint32_t events);

struct process *process_find(uint32_t pid, const char *tag);
struct process *process_next(uint64_t serial); /* the first to be listed that was started after that one */
bool process_signal(struct process *p, uint32_t signo, bool group);
void process_attach(struct process *p, struct conn *c);
void process_detach(struct process *p, struct conn *c);
void process_say_started(struct process *p, struct conn *c);
void process_say_exit(struct process *p, struct conn *c);
void process_drain(struct process *p); /* something has been read since it ended */

/* process_output.c */
void process_output_ready(struct source *s, uint32_t events);
void process_output_resume(struct process *p); /* after somebody attached has read something, or has left */
bool process_output_blocked(const struct process *p);
bool process_output_waiting(const struct process *p); /* something is there to be read, its end perhaps */
bool process_output_over(const struct process *p);
void process_output_abandon(struct process *p); /* what is still open is read and thrown away from now on */

/* process_input.c */
void process_input_ready(struct source *s, uint32_t events);
/* Queues the frame that c is handling, from c->written on. false: stdin is closed. */
bool process_input(struct process *p, struct conn *c);
void process_input_forget(struct process *p, struct conn *c);
void process_input_close(struct process *p);        /* when all that is queued has been taken */
void process_input_close_at_once(struct process *p);

/* stream.c: what a connection does while it is attached */
extern const struct role stream_role;
/* requests.c: an INPUT request's bytes have been taken, or never will be */
void input_request_done(struct conn *c, bool taken);

#endif
