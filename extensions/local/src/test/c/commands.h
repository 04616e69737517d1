/* A client of the agent, for tests of its processes: one connection for each. */
#ifndef SANDBOXER_TEST_COMMANDS_H
#define SANDBOXER_TEST_COMMANDS_H

#include "common/wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STDIN = 1, PTY = 2, SPARE_GROUP = 4, ANSWER_SECONDS = 20 };

struct result {
    unsigned error; /* of an ERROR frame */
    int code;
    uint32_t signal;
    bool ended, timed_out;
    size_t length; /* of all output; the beginning is in text */
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
bool take_frame(int fd, struct result *r); /* false: that was the last */
struct result finish(int fd);               /* reads to the end */
struct result run(const struct start *s);

/* The type of the only answer to a request, or 100 + the code of an error. */
unsigned answer(struct out *o);
/* The same, to a request about a process: a signal is SIGTERM to its group, input a line, a size 50 x 100. */
unsigned about(enum frame_type type, const char *tag);

#endif
