/* Frames and values of the agent's protocol; see docs/agent-protocol.md. If memory runs out, out_* and in_* exit the process: a worker, or
 * pid 1 and with it the sandbox. */
#ifndef SANDBOXER_WIRE_H
#define SANDBOXER_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FRAME_HEADER = 5, MAX_PAYLOAD = 1 << 20, MAX_DATA = 64 << 10 };

enum frame_type {
    F_DONE = 1, /* OK; unistd.h has another F_OK */ F_ERROR = 2, F_END = 3,
    F_PING = 10, F_PONG = 11, F_DEADLINE = 12,
    F_START = 20, F_ATTACH, F_LIST, F_SIGNAL, F_INPUT, F_CLOSE_STDIN, F_RESIZE,
    F_STARTED = 30, F_PROCESS, F_OUTPUT, F_EXIT, F_STREAM_INPUT, F_STREAM_CLOSE_STDIN, F_STREAM_RESIZE, F_STREAM_SIGNAL,
    F_STAT = 40, F_LIST_DIR, F_READ, F_WRITE, F_MKDIR, F_MOVE, F_REMOVE, F_SYMLINK, F_WATCH,
    F_ENTRY = 50, F_DATA, F_READY, F_EVENT,
    F_DIAL = 60,
    F_SUDO = 70,
};

enum error_code {
    E_INVALID = 1, E_NOT_FOUND, E_ALREADY_EXISTS, E_NOT_A_DIRECTORY, E_IS_A_DIRECTORY, E_PERMISSION, E_NO_SPACE,
    E_UNKNOWN_USER, E_CWD_MISSING, E_COMMAND_NOT_FOUND, E_NOT_EXECUTABLE, E_LIMIT, E_LOOP, E_UNSUPPORTED, E_REFUSED,
    E_IO, E_PROCESS_NOT_FOUND, E_STDIN_CLOSED, E_NOT_EMPTY, E_PROTOCOL, E_SPECIAL_FILE, E_TOO_LONG,
};

/* A growing output buffer. Append a frame with out_frame(), its values, then out_finish(). */
struct out {
    unsigned char *data;
    size_t len, cap, frame; /* frame: offset of the header of the frame being written */
};
void out_frame(struct out *o, enum frame_type type);
void out_u8(struct out *o, uint8_t v);
void out_u16(struct out *o, uint16_t v);
void out_u32(struct out *o, uint32_t v);
void out_u64(struct out *o, uint64_t v);
void out_bytes(struct out *o, const void *p, size_t n); /* without a length */
void out_str(struct out *o, const char *s, size_t n);   /* with its length */
void out_finish(struct out *o);
void out_error(struct out *o, enum error_code code, const char *format, ...) __attribute__((format(printf, 3, 4)));
void out_free(struct out *o);

/* Reads the values of one payload. A read past its end sets `bad`, and all further values are then zero or empty. */
struct in {
    const unsigned char *p, *end;
    bool bad;
};
uint8_t in_u8(struct in *i);
uint16_t in_u16(struct in *i);
uint32_t in_u32(struct in *i);
uint64_t in_u64(struct in *i);
/* Returns a new NUL-terminated string and its length in *n (may be NULL). A NUL inside sets `bad`. */
char *in_str(struct in *i, size_t *n);
const unsigned char *in_bytes(struct in *i, size_t *n); /* points into the payload */
char **in_list(struct in *i, size_t *n);                /* NULL-terminated array of new strings */
char **in_map(struct in *i, size_t *n);                 /* key, value, key, value, ..., NULL; *n = pairs */
void free_list(char **list);
bool in_done(const struct in *i); /* true if everything was read and `bad` is not set */

/* Blocking functions for workers and the sudo client. false: the peer is gone or broke the protocol. */
bool send_all(int fd, struct out *o);                                        /* empties o */
bool read_frame(int fd, uint8_t *type, unsigned char **payload, size_t *n);  /* *payload is allocated */

#endif
