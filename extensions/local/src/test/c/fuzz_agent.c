/* fuzz_agent AGENT HELPER [SECONDS [SEED]]: sends random frames to an agent in a sandbox, and valid frames at bad moments. At the end the
 * agent must still answer and hold no resources, and the sanitizers must have reported nothing. It can do no harm: commands come from a
 * fixed list, signals go to processes that the agent has started, and file requests only read, at fixed paths. */
#include "sandboxed.h"
#include "common/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { CLIENTS = 48, TAGS = 12, CHECK_EVERY = 300, SETTLE_MS = 15000, HIGHEST_TYPE = 80, GIVEN_PORT = 7000 };

static uint64_t state;
static const char *socket_path;
static int clients[CLIENTS];
static bool streaming[CLIENTS]; /* the first frame has been sent */

static uint32_t any(uint32_t below) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 32) % below;
}

static bool chance(uint32_t percent) { return any(100) < percent; }

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / 1000000;
}

static int open_client(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, socket_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct timeval limit = {.tv_sec = 10};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("the agent takes no connection");
        return -1;
    }
    return fd;
}

static void put_text(struct out *o, const char *s) { out_str(o, s, strlen(s)); }

/* Sends no signal that stops: a stopped background child would rightly keep its pipes open forever. */
static void put_signal(struct out *o) {
    uint32_t signo = any(70);
    out_u32(o, signo >= SIGSTOP && signo <= SIGTTOU ? 0 : signo);
    out_u8(o, (uint8_t)any(2));
}

static void put_tag(struct out *o) {
    char tag[8];
    snprintf(tag, sizeof tag, "t%u", any(TAGS));
    put_text(o, chance(95) ? tag : "");
}

static void put_selector(struct out *o) {
    out_u32(o, chance(80) ? 0 : any(300));
    put_tag(o);
}

static void put_noise(struct out *o, size_t n) {
    while (n-- > 0)
        out_u8(o, (uint8_t)any(256));
}

static void put_start(struct out *o) {
    static const char *const commands[][4] = {
        {"true"}, {"cat"}, {"cat"}, {"sleep", "0.1"}, {"sleep", "3"}, {"head", "-c", "3000000", "/dev/zero"},
        {"sh", "-c", "sleep 0.2 & exit 3"}, {"sh", "-c", "echo out; echo err >&2"}, {"printenv"}, {"no-such-command"},
        {"/"}, {"sh", "-c", "kill -9 $$"}, {"sh", "-i"}, {"sh", "-c", "(sleep 0.05; echo late) &"}, {"/tmp/helper"},
    };
    const char *const *argv = commands[any(sizeof commands / sizeof *commands)];
    uint32_t argc = 0;
    while (argc < 4 && argv[argc])
        argc++;
    out_frame(o, F_START);
    out_u32(o, argc);
    for (uint32_t i = 0; i < argc; i++)
        put_text(o, argv[i]);
    out_u32(o, chance(50));
    if (o->data[o->len - 1]) {
        put_text(o, chance(90) ? "KEY" : "");
        put_text(o, "value");
    }
    put_text(o, chance(80) ? "" : chance(50) ? "~/../tmp" : "/none");
    put_text(o, chance(90) ? "" : chance(50) ? "0" : "nobody");
    out_u8(o, (uint8_t)any(4));
    out_u16(o, (uint16_t)any(200));
    out_u16(o, (uint16_t)any(100));
    put_tag(o);
    out_u64(o, chance(70) ? 0 : any(500));
}

static void put_file_request(struct out *o) {
    static const enum frame_type types[] = {F_STAT, F_LIST_DIR, F_READ, F_WATCH};
    enum frame_type type = types[any(4)];
    out_frame(o, type);
    put_text(o, "/tmp");
    put_text(o, "");
    if (type == F_LIST_DIR)
        out_u32(o, 1);
    if (type == F_WATCH)
        out_u8(o, (uint8_t)any(8));
    if (type == F_READ) {
        out_u64(o, 0);
        out_u64(o, UINT64_MAX);
    }
}

static void put_request(struct out *o) {
    static const enum frame_type simple[] = {F_PING,  F_LIST,   F_ATTACH, F_CLOSE_STDIN,
                                             F_INPUT, F_RESIZE, F_SIGNAL, F_DIAL};
    if (chance(45)) {
        put_start(o);
        return;
    }
    if (chance(10)) {
        put_file_request(o);
        return;
    }
    enum frame_type type = simple[any(8)];
    out_frame(o, type);
    if (type >= F_ATTACH && type <= F_RESIZE && type != F_LIST)
        put_selector(o);
    if (type == F_INPUT) {
        uint32_t n = any(chance(50) ? 20 : 66000);
        out_u32(o, n);
        put_noise(o, n);
    } else if (type == F_RESIZE) {
        out_u32(o, any(UINT32_MAX));
    } else if (type == F_SIGNAL) {
        put_signal(o);
    } else if (type == F_DIAL) {
        out_u16(o, chance(80) ? GIVEN_PORT : (uint16_t)any(65536));
    }
}

static void put_stream_frame(struct out *o) {
    enum frame_type type = (enum frame_type)(F_STREAM_INPUT + any(4));
    if (chance(3))
        type = (enum frame_type)any(HIGHEST_TYPE);
    out_frame(o, type);
    if (type == F_STREAM_INPUT)
        put_noise(o, any(chance(70) ? 50 : 67000));
    else if (type == F_STREAM_RESIZE)
        out_u32(o, any(UINT32_MAX));
    else if (type == F_STREAM_SIGNAL)
        put_signal(o);
    if (chance(3))
        put_noise(o, any(10));
}

/* Returns true for types that could do harm with an arbitrary payload. */
static bool is_delicate(uint8_t type) {
    return type == F_START || type == F_DEADLINE || (type >= F_STAT && type <= F_WATCH);
}

/* Changes random bytes, but never turns the frame into a delicate request. Must not be called with one either. */
static void mutate(struct out *o) {
    uint8_t type = o->data[4];
    for (uint32_t i = any(4); i > 0; i--)
        o->data[any((uint32_t)o->len)] = (uint8_t)any(256);
    if (chance(30))
        o->data[4] = (uint8_t)any(HIGHEST_TYPE);
    if (chance(10))
        o->data[0] = 0xff;
    if (is_delicate(o->data[4]))
        o->data[4] = type;
}

static void first_frame(int i) {
    struct out o = {0};
    put_request(&o);
    out_finish(&o);
    bool cut = chance(8);
    if (!is_delicate(o.data[4]) && chance(25))
        mutate(&o);
    else if (o.data[4] == F_START && chance(10)) /* changes numbers and lengths, not the command */
        memset(o.data + o.len - 1 - any(10), (int)any(256), 1);
    if (cut)
        o.len = any((uint32_t)o.len);
    send(clients[i], o.data, o.len, MSG_NOSIGNAL | MSG_DONTWAIT);
    streaming[i] = true;
    out_free(&o);
}

static void more_frames(int i) {
    struct out o = {0};
    for (uint32_t n = any(4); n > 0; n--) {
        put_stream_frame(&o);
        out_finish(&o);
    }
    send(clients[i], o.data, o.len, MSG_NOSIGNAL | MSG_DONTWAIT);
    out_free(&o);
}

static void read_some(int i) {
    static char buffer[1 << 16];
    for (uint32_t n = any(8); n > 0; n--)
        if (recv(clients[i], buffer, 1 + any(sizeof buffer - 1), MSG_DONTWAIT) <= 0)
            return;
}

static void close_client(int i) {
    if (clients[i] >= 0)
        close(clients[i]);
    clients[i] = -1;
}

static bool step(void) {
    int i = (int)any(CLIENTS);
    if (clients[i] < 0) {
        streaming[i] = false;
        return (clients[i] = open_client()) >= 0;
    }
    if (!streaming[i])
        first_frame(i);
    else if (chance(45))
        more_frames(i);
    else if (chance(60))
        read_some(i);
    else if (chance(25))
        shutdown(clients[i], chance(80) ? SHUT_WR : SHUT_RD);
    else if (chance(50))
        close_client(i);
    return true;
}

/* Reads the numbers of a PONG; false: no answer. */
static bool ping(uint32_t *processes, uint32_t *connections) {
    int fd = open_client();
    struct out o = {0};
    out_frame(&o, F_PING);
    out_finish(&o);
    uint8_t type = 0;
    unsigned char *payload = NULL;
    size_t n = 0;
    bool ok = fd >= 0 && send_all(fd, &o) && read_frame(fd, &type, &payload, &n) && type == F_PONG;
    struct in i = {.p = payload, .end = payload + n};
    in_u32(&i);
    in_u64(&i);
    *processes = in_u32(&i);
    *connections = in_u32(&i);
    ok = ok && in_done(&i);
    free(payload);
    out_free(&o);
    close(fd);
    return ok;
}

/* Kills every process that LIST returns. */
static void kill_all(void) {
    int list = open_client();
    struct out o = {0};
    out_frame(&o, F_LIST);
    out_finish(&o);
    send_all(list, &o);
    uint8_t type;
    unsigned char *payload;
    for (size_t n; read_frame(list, &type, &payload, &n) && type == F_PROCESS; free(payload)) {
        int fd = open_client();
        out_frame(&o, F_SIGNAL);
        out_bytes(&o, payload, 4); /* the pid */
        out_u32(&o, 0);            /* no tag */
        out_u32(&o, SIGKILL);
        out_u8(&o, 1);
        out_finish(&o);
        send_all(fd, &o);
        close(fd);
    }
    out_free(&o);
    close(list);
}

/* Returns true once the agent has no process left, no connection except the one that asks, and no more descriptors than `descriptors`. */
static bool settles(const struct agent *a, int descriptors) {
    uint32_t processes = 0, connections = 0;
    int open_now = -1;
    for (uint64_t end = now() + SETTLE_MS; now() < end; usleep(100000)) {
        kill_all();
        if (!ping(&processes, &connections))
            return false;
        open_now = agent_descriptors(a);
        if (processes == 0 && connections == 1 && open_now <= descriptors)
            return true;
    }
    fprintf(stderr, "%u processes, %u connections and %d descriptors are left, not 0, 1 and %d\n", processes,
            connections, open_now, descriptors);
    agent_print_descriptors(a);
    return false;
}

static bool run(const struct agent *a, uint64_t seconds, unsigned long *steps) {
    uint32_t processes, connections;
    if (!ping(&processes, &connections))
        return false;
    int descriptors = agent_descriptors(a);
    for (uint64_t end = now() + seconds * 1000; now() < end;) {
        if (!step() || (++*steps % CHECK_EVERY == 0 && !ping(&processes, &connections)))
            return false;
    }
    for (int i = 0; i < CLIENTS; i++)
        close_client(i);
    return settles(a, descriptors);
}

int main(int argc, char **argv) {
    if (argc < 3)
        return 2;
    uint64_t seconds = argc > 3 ? strtoull(argv[3], NULL, 10) : 5;
    uint64_t seed = argc > 4 && *argv[4] ? strtoull(argv[4], NULL, 10) : now() ^ (uint64_t)getpid() << 32;
    state = seed * 2 + 1;
    struct agent a;
    memset(clients, -1, sizeof clients);
    printf("fuzz_agent: SEED=%llu\n", (unsigned long long)seed);
    fflush(stdout);
    if (!agent_start(&a, argv[1], argv[2])) {
        fprintf(stderr, "fuzz_agent: no agent: bwrap is missing, or may not make sandboxes here\n");
        return 1;
    }
    socket_path = a.socket;
    unsigned long steps = 0;
    bool ok = run(&a, seconds, &steps);
    ok = !agent_reported(&a) && ok;
    agent_kill(&a);
    printf("fuzz_agent: %lu steps, %s\n", steps, ok ? "ok" : "FAILED");
    return ok ? 0 : 1;
}
