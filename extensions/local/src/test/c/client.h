/* A client of the file workers, for tests: each request has a forked worker of its own, behind a socket pair. */
#ifndef SANDBOXER_TEST_CLIENT_H
#define SANDBOXER_TEST_CLIENT_H

#include "common/wire.h"

#include <stdio.h>
#include <stdlib.h>

/* Fails the test with a message that says what should hold. */
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
    uint8_t type; /* 0: the connection has ended */
    unsigned char *payload;
    size_t n;
};

struct client {
    int fd, worker; /* worker: its pid; 0 for a connection to a real agent */
};

/* The format describes the payload: s is a string; 1, 4 and 8 are numbers of that many bytes, passed as uint64_t. */
struct client request(enum frame_type type, const char *format, ...);
struct client request_at(const char *socket, enum frame_type type, const char *format, ...);
struct client request_raw(enum frame_type type, const unsigned char *payload, size_t n);
struct frame next_frame(struct client *c);
/* Closes the connection, waits for the worker, and checks that it ended by itself. */
void finish(struct client *c);
/* Reads the only answer and finishes. Returns the code of an ERROR frame; 0 for any other frame. */
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

/* Makes a new directory and changes into it; removes it when the test ends. Prefer memory: the same test can take 20 s on a disk and 1 s in
 * memory. */
const char *fresh_directory(bool in_memory);
void make_file(const char *path, const char *text);

#endif
