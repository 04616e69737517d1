/* A client of the file workers, for tests: one request, one forked worker, over a socket pair. */
#ifndef SANDBOXER_TEST_CLIENT_H
#define SANDBOXER_TEST_CLIENT_H

#include "common/wire.h"

#include <stdio.h>
#include <stdlib.h>

/* Ends the test with a sentence that says what should hold. */
#define CHECK(condition, ...) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "%s:%d: failed: ", __FILE__, __LINE__); \
            fprintf(stderr, __VA_ARGS__); \
            fprintf(stderr, "\n"); \
            exit(1); \
        } \
    } while (0)

struct frame {
    uint8_t type; /* 0: the end of the connection */
    unsigned char *payload;
    size_t n;
};

struct client {
    int fd, worker; /* worker: 0 for a real agent's connection */
};

/* Payload by format: s (string), 1, 4, 8 (numbers of so many bytes, as uint64_t). */
struct client request(enum frame_type type, const char *format, ...);
struct client request_at(const char *socket, enum frame_type type, const char *format, ...);
struct client request_raw(enum frame_type type, const unsigned char *payload, size_t n);
struct frame next_frame(struct client *c);
/* Closes, waits for the worker, and checks that it ended by itself. */
void finish(struct client *c);
/* The code of the only answer, 0 for any other frame than ERROR; finishes. */
int error_of(struct client c);
void put_frame(struct client *c, enum frame_type type, const void *payload, size_t n);

struct entry {
    char *name, *path, *owner, *group, *link_text, *link_target;
    unsigned type, target_type, mode, uid, gid;
    uint64_t size;
    int64_t seconds;
    char **metadata;
    size_t pairs;
};
struct entry entry_of(struct frame f);
struct entry read_entry(struct in *in);

/* Makes a fresh directory, changes into it, and removes it when the test ends. In memory when that will do: disks can
 * take 20 s for what is 1 s there. */
const char *fresh_directory(bool in_memory);
void make_file(const char *path, const char *text);

#endif
