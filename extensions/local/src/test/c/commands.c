#include "commands.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

const char *socket_path;

uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

int connect_agent(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, socket_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval limit = {.tv_sec = ANSWER_SECONDS};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("the agent takes no connection");
        exit(1);
    }
    return fd;
}

static void text(struct out *o, const char *s) { out_str(o, s ? s : "", s ? strlen(s) : 0); }

void send_frame(int fd, struct out *o) {
    out_finish(o);
    send_all(fd, o);
    out_free(o);
}

void send_bytes(int fd, enum frame_type type, const void *p, size_t n) {
    struct out o = {0};
    out_frame(&o, type);
    out_bytes(&o, p, n);
    send_frame(fd, &o);
}

int start(const struct start *s) {
    struct out o = {0};
    uint32_t argc = 0;
    while (s->argv[argc])
        argc++;
    out_frame(&o, F_START);
    out_u32(&o, argc);
    for (uint32_t i = 0; i < argc; i++)
        text(&o, s->argv[i]);
    out_u32(&o, 0);
    text(&o, s->cwd);
    text(&o, s->user);
    out_u8(&o, s->flags);
    out_u16(&o, 91);
    out_u16(&o, 33);
    text(&o, s->tag);
    out_u64(&o, s->timeout_ms);
    int fd = connect_agent();
    send_frame(fd, &o);
    return fd;
}

static void take(struct result *r, const unsigned char *p, size_t n) {
    for (size_t i = 0; i < n && r->length + i < sizeof r->text - 1; i++)
        r->text[r->length + i] = (char)p[i];
    r->length += n;
}

bool take_frame(int fd, struct result *r) {
    uint8_t type;
    unsigned char *payload;
    size_t n;
    if (!read_frame(fd, &type, &payload, &n))
        return false;
    struct in i = {.p = payload, .end = payload + n};
    if (type == F_OUTPUT) {
        take(r, payload + 1, n - 1);
    } else if (type == F_EXIT) {
        r->code = (int)in_u32(&i);
        r->signal = in_u32(&i);
        r->timed_out = in_u8(&i);
        r->ended = in_done(&i);
    } else if (type == F_ERROR) {
        r->error = in_u16(&i);
    }
    free(payload);
    return type != F_EXIT && type != F_ERROR;
}

struct result finish(int fd) {
    struct result r = {0};
    while (take_frame(fd, &r))
        continue;
    close(fd);
    return r;
}

struct result run(const struct start *s) { return finish(start(s)); }

unsigned answer(struct out *o) {
    int fd = connect_agent();
    uint8_t type = 0;
    unsigned char *payload = NULL;
    size_t n;
    send_frame(fd, o);
    unsigned result = read_frame(fd, &type, &payload, &n) ? type : 0;
    if (result == F_ERROR)
        result = 100U + payload[1];
    free(payload);
    close(fd);
    return result;
}

static void selector(struct out *o, enum frame_type type, const char *tag) {
    out_frame(o, type);
    out_u32(o, 0);
    text(o, tag);
}

unsigned about(enum frame_type type, const char *tag) {
    struct out o = {0};
    selector(&o, type, tag);
    if (type == F_SIGNAL) {
        out_u32(&o, SIGTERM);
        out_u8(&o, 1);
    } else if (type == F_INPUT) {
        text(&o, "more\n");
    } else if (type == F_RESIZE) {
        out_u32(&o, 100 << 16 | 50);
    }
    return answer(&o);
}

int attach(const char *tag) {
    struct out o = {0};
    selector(&o, F_ATTACH, tag);
    int fd = connect_agent();
    send_frame(fd, &o);
    return fd;
}
