/* All received lengths are checked here. */
#include "common/wire.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { EXIT_NO_MEMORY = 70 };

static void *need(void *p) {
    if (!p)
        _exit(EXIT_NO_MEMORY);
    return p;
}

static void grow(struct out *o, size_t n) {
    if (o->cap - o->len >= n)
        return;
    size_t cap = o->cap ? o->cap * 2 : 256;
    if (cap < o->len + n)
        cap = o->len + n;
    o->data = need(realloc(o->data, cap));
    o->cap = cap;
}

static void put_number(struct out *o, uint64_t v, unsigned bytes) {
    grow(o, bytes);
    for (unsigned i = bytes; i-- > 0;)
        o->data[o->len++] = (unsigned char)(v >> (8 * i));
}

void out_u8(struct out *o, uint8_t v) { put_number(o, v, 1); }
void out_u16(struct out *o, uint16_t v) { put_number(o, v, 2); }
void out_u32(struct out *o, uint32_t v) { put_number(o, v, 4); }
void out_u64(struct out *o, uint64_t v) { put_number(o, v, 8); }

void out_bytes(struct out *o, const void *p, size_t n) {
    if (n == 0)
        return;
    grow(o, n);
    memcpy(o->data + o->len, p, n);
    o->len += n;
}

void out_str(struct out *o, const char *s, size_t n) {
    out_u32(o, (uint32_t)n);
    out_bytes(o, s, n);
}

void out_frame(struct out *o, enum frame_type type) {
    o->frame = o->len;
    out_u32(o, 0);
    out_u8(o, (uint8_t)type);
}

void out_finish(struct out *o) {
    size_t n = o->len - o->frame - FRAME_HEADER;
    for (unsigned i = 0; i < 4; i++)
        o->data[o->frame + i] = (unsigned char)(n >> (8 * (3 - i)));
}

void out_error(struct out *o, enum error_code code, const char *format, ...) {
    char message[512];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(message, sizeof message, format, args);
    va_end(args);
    size_t length = n < 0 ? 0 : (size_t)n < sizeof message ? (size_t)n : sizeof message - 1;
    out_frame(o, F_ERROR);
    out_u16(o, (uint16_t)code);
    out_str(o, message, length);
    out_finish(o);
}

void out_free(struct out *o) {
    free(o->data);
    *o = (struct out){0};
}

static uint64_t get_number(struct in *i, unsigned bytes) {
    if (i->bad || (size_t)(i->end - i->p) < bytes) {
        i->bad = true;
        return 0;
    }
    uint64_t v = 0;
    while (bytes-- > 0)
        v = v << 8 | *i->p++;
    return v;
}

uint8_t in_u8(struct in *i) { return (uint8_t)get_number(i, 1); }
uint16_t in_u16(struct in *i) { return (uint16_t)get_number(i, 2); }
uint32_t in_u32(struct in *i) { return (uint32_t)get_number(i, 4); }
uint64_t in_u64(struct in *i) { return get_number(i, 8); }

const unsigned char *in_bytes(struct in *i, size_t *n) {
    uint32_t length = in_u32(i);
    *n = 0;
    if (i->bad || (size_t)(i->end - i->p) < length) {
        i->bad = true;
        return (const unsigned char *)"";
    }
    const unsigned char *p = i->p;
    i->p += length;
    *n = length;
    return p;
}

char *in_str(struct in *i, size_t *n) {
    size_t length;
    const unsigned char *p = in_bytes(i, &length);
    if (memchr(p, 0, length)) {
        i->bad = true;
        length = 0;
    }
    char *s = need(malloc(length + 1));
    memcpy(s, p, length);
    s[length] = 0;
    if (n)
        *n = length;
    return s;
}

/* Reads items of `per` strings each. Refuses a count that is too large for the rest of the payload before it allocates memory. */
static char **strings(struct in *i, size_t per, size_t *n) {
    size_t count = in_u32(i);
    if (i->bad || count > (size_t)(i->end - i->p) / (4 * per)) {
        i->bad = true;
        count = 0;
    }
    char **list = need(calloc(count * per + 1, sizeof *list));
    for (size_t k = 0; k < count * per && !i->bad; k++)
        list[k] = in_str(i, NULL);
    if (n)
        *n = i->bad ? 0 : count;
    return list;
}

char **in_list(struct in *i, size_t *n) { return strings(i, 1, n); }
char **in_map(struct in *i, size_t *n) { return strings(i, 2, n); }

void free_list(char **list) {
    for (char **p = list; p && *p; p++)
        free(*p);
    free(list);
}

bool in_done(const struct in *i) { return !i->bad && i->p == i->end; }

/* Returns true if the call should be repeated; after EAGAIN, first waits for the events. A sudo connection can be non-blocking, because it
 * shares that flag with pid 1's copy. */
static bool again(int fd, short events) {
    if (errno == EINTR)
        return true;
    if (errno != EAGAIN)
        return false;
    struct pollfd p = {.fd = fd, .events = events};
    return poll(&p, 1, -1) >= 0 || errno == EINTR;
}

bool send_all(int fd, struct out *o) {
    size_t sent = 0;
    while (sent < o->len) {
        ssize_t n = send(fd, o->data + sent, o->len - sent, MSG_NOSIGNAL);
        if (n >= 0)
            sent += (size_t)n;
        else if (!again(fd, POLLOUT))
            break;
    }
    bool all = sent == o->len;
    o->len = 0;
    return all;
}

static bool read_all(int fd, unsigned char *p, size_t n) {
    while (n > 0) {
        ssize_t got = read(fd, p, n);
        if (got == 0 || (got < 0 && !again(fd, POLLIN)))
            return false;
        if (got > 0) {
            p += got;
            n -= (size_t)got;
        }
    }
    return true;
}

bool read_frame(int fd, uint8_t *type, unsigned char **payload, size_t *n) {
    unsigned char header[FRAME_HEADER];
    if (!read_all(fd, header, sizeof header))
        return false;
    struct in i = {.p = header, .end = header + sizeof header};
    size_t length = in_u32(&i);
    if (length > MAX_PAYLOAD)
        return false;
    unsigned char *p = need(malloc(length + 1));
    if (!read_all(fd, p, length)) {
        free(p);
        return false;
    }
    *type = in_u8(&i);
    *payload = p;
    *n = length;
    return true;
}
