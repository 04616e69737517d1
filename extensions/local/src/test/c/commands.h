/* A client of the agent, for tests of its processes: each process has a connection of its own. */
#ifndef SANDBOXER_TEST_COMMANDS_H
#define SANDBOXER_TEST_COMMANDS_H

#include "common/wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STDIN = 1, PTY = 2, ANSWER_SECONDS = 20 };

struct result {
    unsigned error; /* the code of an ERROR frame; 0: none */
    int code;
    uint32_t signal;
    bool ended, timed_out;
    size_t length; /* of all output; text has its beginning */
    char text[4096];
};

struct start {
    const char *argv[6], *user, *cwd, *tag;
    uint8_t flags;
    uint64_t timeout_ms;
};

extern const char *socket_path; /* where the agent listens */

uint64_t now(void); /* ms */
int connect_agent(void);
void send_frame(int fd, struct out *o);
void send_bytes(int fd, enum frame_type type, const void *p, size_t n);

int start(const struct start *s);
int attach(const char *tag);
bool take_frame(int fd, struct result *r); /* false: that was the last frame */
struct result finish(int fd);               /* reads to the end */
struct result run(const struct start *s);

/* Sends a request. Returns the type of the only answer, or 100 + the code of an error. */
unsigned answer(struct out *o);
/* Like answer(), for a request about a process: F_SIGNAL sends SIGTERM to its group, F_INPUT sends a line, F_RESIZE sets 50 rows and 100
 * columns. */
unsigned about(enum frame_type type, const char *tag);

#endif
