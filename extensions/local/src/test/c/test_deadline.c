/* test_deadline AGENT HELPER: an agent that was stopped when its deadline passed looks for a new one before it ends. */
#include "sandboxed.h"
#include "common/wire.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { SOON_MS = 200, LATER_MS = 60000, QUEUED = 120, ANSWER_MS = 20000 };

static const char *socket_path;

#define CHECK(condition, what) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, what); \
            return false; \
        } \
    } while (0)

static int connect_agent(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, socket_path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
        perror("the agent takes no connection");
        exit(1);
    }
    return fd;
}

static int ask(enum frame_type type, uint64_t ms) {
    struct out o = {0};
    out_frame(&o, type);
    if (type == F_DEADLINE)
        out_u64(&o, ms);
    out_finish(&o);
    int fd = connect_agent();
    send_all(fd, &o);
    out_free(&o);
    return fd;
}

/* Returns the type of the answer; 0: the agent closed the connection. */
static uint8_t answer(int fd) {
    uint8_t type = 0;
    unsigned char *payload = NULL;
    size_t n;
    struct pollfd p = {.fd = fd, .events = POLLIN};
    if (poll(&p, 1, ANSWER_MS) != 1 || !read_frame(fd, &type, &payload, &n))
        type = 0;
    free(payload);
    close(fd);
    return type;
}

/* Sleeps, because no event shows that the deadline of a stopped agent has passed. */
static bool sleep_past_deadline(const struct agent *a) {
    CHECK(answer(ask(F_DEADLINE, SOON_MS)) == F_DONE, "a deadline is accepted");
    CHECK(kill(a->pid, SIGSTOP) == 0, "the agent is stopped");
    poll(NULL, 0, SOON_MS * 2);
    return true;
}

static bool test_new_deadline_is_found(const struct agent *a) {
    int before[QUEUED];
    if (!sleep_past_deadline(a))
        return false;
    for (int i = 0; i < QUEUED; i++)
        before[i] = ask(F_PING, 0);
    int fd = ask(F_DEADLINE, LATER_MS);
    kill(a->pid, SIGCONT);
    CHECK(answer(fd) == F_DONE, "a new deadline is accepted even behind other requests in the queue");
    for (int i = 0; i < QUEUED; i++)
        CHECK(answer(before[i]) == F_PONG, "the requests before it are answered");
    CHECK(answer(ask(F_PING, 0)) == F_PONG, "the sandbox keeps running");
    return true;
}

static bool test_without_one_it_ends(const struct agent *a) {
    if (!sleep_past_deadline(a))
        return false;
    int fd = connect_agent();
    kill(a->pid, SIGCONT);
    CHECK(answer(fd) == 0, "without a new deadline the sandbox ends");
    return true;
}

int main(int argc, char **argv) {
    struct agent a;
    if (argc != 3)
        return 2;
    if (!agent_start(&a, argv[1], argv[2])) {
        fprintf(stderr, "test_deadline: no agent: bwrap is missing, or may not make sandboxes here\n");
        return 1;
    }
    socket_path = a.socket;
    bool ok = test_new_deadline_is_found(&a) && test_without_one_it_ends(&a) && !agent_reported(&a);
    agent_kill(&a);
    printf("test_deadline: %s\n", ok ? "ok" : "FAILED");
    return ok ? 0 : 1;
}
