/* test_agent AGENT HELPER: tests the agent's processes, streams, ports and limits over its socket. */
#include "commands.h"
#include "sandboxed.h"
#include "common/wire.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { GIVEN_PORT = 7000 };

#define CHECK(condition, what) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, what); \
            failures++; \
        } \
    } while (0)

static int failures;

/* Waits until the process is known by its tag. */
static int start_and_wait(const struct start *s) {
    int fd = start(s);
    uint8_t type = 0;
    unsigned char *payload = NULL;
    size_t n;
    CHECK(read_frame(fd, &type, &payload, &n) && type == F_STARTED, "a command starts");
    free(payload);
    return fd;
}

#define RUN(...) run(&(struct start){.argv = {__VA_ARGS__}})

/* Waits for a file that a test's command makes to show its progress. */
static bool eventually(const char *path) {
    for (uint64_t end = now() + ANSWER_SECONDS * 1000; now() < end; usleep(20000))
        if (RUN("test", "-e", path).code == 0)
            return true;
    return false;
}

static void test_ends(void) {
    struct result r = RUN("sh", "-c", "echo out; echo err >&2; exit 3");
    CHECK(r.ended && r.code == 3 && !r.signal && r.length == 8, "output and exit code");
    r = RUN("sh", "-c", "kill -15 $$");
    CHECK(r.signal == SIGTERM && r.code == 128 + SIGTERM, "the signal that ended a process is reported");
    r = RUN("no-such-command");
    CHECK(r.error == E_COMMAND_NOT_FOUND, "an unknown command is not found");
    r = RUN("/etc/passwd");
    CHECK(r.error == E_NOT_EXECUTABLE, "a file that is no program is not executable");
    r = RUN("/");
    CHECK(r.error == E_NOT_EXECUTABLE, "a directory is not executable");
    r = run(&(struct start){.argv = {"true"}, .cwd = "/none"});
    CHECK(r.error == E_CWD_MISSING, "a missing working directory is reported");
    r = run(&(struct start){.argv = {"true"}, .user = "0"});
    CHECK(r.error == E_UNKNOWN_USER, "a user with another uid than the only one is unknown");
    r = run(&(struct start){.argv = {""}});
    CHECK(r.error == E_INVALID, "an empty command is invalid");
    r = RUN("sh", "-c", "ls -l /proc/self/fd | wc -l; grep -c 'Sig[BI].*[1-9a-f]' /proc/self/status");
    CHECK(strcmp(r.text, "5\n0\n") == 0, "a command has descriptors 0, 1 and 2 only, and no signal blocked or ignored"); /* 5: with ls's own and its total */
}

static void test_time(void) {
    uint64_t before = now();
    struct result r = run(&(struct start){.argv = {"sleep", "10"}, .timeout_ms = 200});
    CHECK(r.timed_out && r.signal == SIGKILL && now() - before < 5000, "a timeout kills the process");
    before = now();
    r = RUN("sh", "-c", "sleep 8 & echo quick");
    CHECK(r.length == 6 && now() - before < 5000, "a background child doesn't delay the end");
    for (int tries = 0; tries < 5; tries++) { /* a busy machine may take longer than the agent waits */
        r = RUN("sh", "-c", "(for i in 1 2 3 4 5 6; do sleep 0.03; echo $i; done) & exit 2");
        if (r.length == 12)
            break;
    }
    CHECK(r.code == 2 && r.length == 12, "output of a background child is received while it keeps coming");
    RUN("sh", "-c", "(sleep 0.3; echo late && touch /tmp/alive) & exit 0");
    CHECK(eventually("/tmp/alive"), "a background child survives a later write");
    r = run(&(struct start){.argv = {"sh", "-c", "(while sleep 0.03; do echo t; done) & exit 2"}, .timeout_ms = 400});
    CHECK(r.code == 2 && !r.timed_out, "the timeout ends a background child that keeps writing, and the exit code is kept");
    before = now();
    const char *left = "setsid sh -c 'until test -e /tmp/over; do echo t; sleep 0.01; done; touch /tmp/spared' & sleep 60";
    r = run(&(struct start){.argv = {"sh", "-c", left}, .timeout_ms = 400});
    CHECK(r.timed_out && r.signal == SIGKILL && now() - before < 5000, "a child that has left the group doesn't delay a timeout");
    RUN("touch", "/tmp/over");
    CHECK(eventually("/tmp/spared"), "a child that has left the group is not killed");
}

static void test_input(void) {
    static char block[MAX_DATA];
    int fd = start(&(struct start){.argv = {"wc", "-c"}, .flags = STDIN});
    for (int i = 0; i < 40; i++)
        send_bytes(fd, F_STREAM_INPUT, block, sizeof block);
    send_bytes(fd, F_STREAM_CLOSE_STDIN, NULL, 0);
    CHECK(atoi(finish(fd).text) == 40 * MAX_DATA, "all input arrives");
    static const char count[] = "sleep 0.3; wc -c > /tmp/wc; mv /tmp/wc /tmp/count";
    fd = start(&(struct start){.argv = {"sh", "-c", count}, .flags = STDIN});
    for (int i = 0; i < 2; i++)
        send_bytes(fd, F_STREAM_INPUT, block, sizeof block);
    send_bytes(fd, F_STREAM_CLOSE_STDIN, NULL, 0);
    close(fd);
    CHECK(eventually("/tmp/count") && atoi(RUN("cat", "/tmp/count").text) == 2 * MAX_DATA,
          "all input arrives even if its sender has gone");
    fd = start_and_wait(&(struct start){.argv = {"sleep", "1"}, .flags = STDIN, .tag = "deaf"});
    for (int i = 0; i < 3; i++)
        send_bytes(fd, F_STREAM_INPUT, block, sizeof block);
    CHECK(about(F_INPUT, "deaf") == 100 + E_STDIN_CLOSED, "input that nobody reads is refused when the process ends");
    CHECK(finish(fd).code == 0, "input that nobody reads doesn't disturb the process");
    fd = start_and_wait(&(struct start){.argv = {"cat"}, .flags = STDIN, .tag = "cat"});
    CHECK(about(F_INPUT, "cat") == F_DONE && about(F_CLOSE_STDIN, "cat") == F_DONE, "another connection can send input and close it");
    CHECK(about(F_CLOSE_STDIN, "cat") == F_DONE && strcmp(finish(fd).text, "more\n") == 0, "closing stdin twice is no error");
    CHECK(about(F_INPUT, "cat") == 100 + E_STDIN_CLOSED, "input to an ended process is refused");
    CHECK(about(F_SIGNAL, "cat") == 100 + E_PROCESS_NOT_FOUND, "a signal to an ended process is refused");
    CHECK(about(F_SIGNAL, "never") == 100 + E_PROCESS_NOT_FOUND, "a signal to an unknown process is refused");
}

static void test_slow_reader(void) {
    int fd = start_and_wait(&(struct start){.argv = {"head", "-c", "30000000", "/dev/zero"}, .tag = "slow"});
    usleep(200000);
    int other = attach("slow");
    CHECK(about(F_SIGNAL, "none") == 100 + E_PROCESS_NOT_FOUND, "the agent answers while a reader is slow");
    close(other);
    struct result r = finish(fd);
    CHECK(r.ended && r.length == 30000000, "everything arrives at a slow reader");
}

static void test_attach(void) {
    static const char script[] = "echo lost; >/tmp/lost; until [ -e /tmp/go ]; do sleep 0.05; done; echo kept; exit 7";
    close(start(&(struct start){.argv = {"sh", "-c", script}, .tag = "away"}));
    CHECK(eventually("/tmp/lost"), "a process keeps running after its starter disconnects");
    int one = attach("away"), two = attach("away");
    RUN("touch", "/tmp/go");
    struct result first = finish(one), second = finish(two);
    CHECK(first.code == 7 && strcmp(first.text, "kept\n") == 0, "a connection attached later gets only new output");
    CHECK(second.code == 7 && strcmp(second.text, "kept\n") == 0, "two attached connections both get the output");
    struct result late = finish(attach("away"));
    CHECK(late.ended && late.code == 7 && late.length == 0, "an ended process can be attached to and reports its end again");
}

static void test_tags(void) {
    int older = start_and_wait(&(struct start){.argv = {"sleep", "5"}, .tag = "twice"});
    CHECK(run(&(struct start){.argv = {"true"}, .tag = "twice"}).code == 0, "a newer process with the same tag ends");
    CHECK(about(F_SIGNAL, "twice") == F_DONE, "a tag selects the running process, not an ended one");
    CHECK(finish(older).signal == SIGTERM, "the signal reached the running process");
    int first = start_and_wait(&(struct start){.argv = {"cat"}, .flags = STDIN, .tag = "both", .timeout_ms = 9000});
    int second = start_and_wait(&(struct start){.argv = {"cat"}, .flags = STDIN, .tag = "both", .timeout_ms = 9000});
    CHECK(about(F_CLOSE_STDIN, "both") == F_DONE && finish(second).code == 0, "of two running processes, a tag selects the newer");
    CHECK(about(F_CLOSE_STDIN, "both") == F_DONE && finish(first).code == 0, "once the newer has ended, the tag selects the older");
}

static void test_terminal(void) {
    struct result r = run(&(struct start){.argv = {"sh", "-c", "stty size; tty"}, .flags = PTY});
    CHECK(strncmp(r.text, "33 91\r\n/dev/pts/", 16) == 0, "a process gets a terminal of the requested size");
    static const char script[] = "trap 'stty size; exit 4' WINCH; >/tmp/trap; while :; do sleep 0.1; done";
    int fd = start_and_wait(&(struct start){.argv = {"sh", "-c", script}, .flags = PTY, .tag = "pty"});
    CHECK(eventually("/tmp/trap"), "the process waits for its terminal to change its size");
    CHECK(about(F_CLOSE_STDIN, "pty") == 100 + E_INVALID, "a terminal's input can't be closed");
    CHECK(about(F_RESIZE, "pty") == F_DONE, "a terminal can be resized");
    r = finish(fd);
    CHECK(r.code == 4 && strcmp(r.text, "50 100\r\n") == 0, "the process gets SIGWINCH and sees the new size");
    fd = start_and_wait(&(struct start){.argv = {"cat"}, .flags = PTY});
    send_bytes(fd, F_STREAM_INPUT, "\3", 1);
    CHECK(finish(fd).signal == SIGINT, "Ctrl-C interrupts");
}

static void test_orphans(void) {
    RUN("sh", "-c", "for i in 1 2 3 4 5 6 7 8 9; do (sleep 0.1 && >/tmp/slept$i &); done");
    for (char path[] = "/tmp/slept1"; path[10] <= '9'; path[10]++)
        CHECK(eventually(path), "orphans keep running");
    struct result r = RUN("sh", "-c", "cat /proc/[0-9]*/stat | grep -c ' Z '");
    CHECK(strcmp(r.text, "0\n") == 0, "orphans are reaped");
    r = RUN("sh", "-c", "kill -9 1; kill -TERM 1; cat /proc/1/environ /proc/1/maps || tr -d '\\0' < /proc/1/cmdline");
    CHECK(strstr(r.text, "denied") && !strstr(r.text, "listen"), "pid 1 can't be killed or looked into");
}

static void test_protocol(void) {
    struct out o = {0};
    out_frame(&o, F_PING);
    out_u8(&o, 1);
    CHECK(answer(&o) == 100 + E_PROTOCOL, "trailing bytes are refused");
    out_frame(&o, (enum frame_type)99);
    CHECK(answer(&o) == 100 + E_PROTOCOL, "an unknown type is refused");
    out_frame(&o, F_START);
    out_u32(&o, UINT32_MAX);
    CHECK(answer(&o) == 100 + E_PROTOCOL, "an impossible count is refused");
    int fd = connect_agent();
    send(fd, "\377\377\377\377\12", 5, MSG_NOSIGNAL);
    CHECK(finish(fd).error == E_PROTOCOL, "an impossible length is refused");
    out_frame(&o, F_PING);
    CHECK(answer(&o) == F_PONG, "the agent still answers after bad requests");
}

static int dial(uint16_t port) {
    struct out o = {0};
    out_frame(&o, F_DIAL);
    out_u16(&o, port);
    int fd = connect_agent();
    send_frame(fd, &o);
    return fd;
}

static void test_ports(void) {
    int server = start_and_wait(&(struct start){.argv = {"/tmp/helper"}, .tag = "echo"});
    struct result up = {0};
    CHECK(take_frame(server, &up) && up.length == 3, "the server is up");
    int fd = dial(GIVEN_PORT);
    char buffer[1 << 16] = "", header[FRAME_HEADER];
    CHECK(recv(fd, header, sizeof header, MSG_WAITALL) == FRAME_HEADER && header[4] == F_READY, "a port with a server can be dialled");
    for (int i = 0; i < 4; i++)
        CHECK(send(fd, buffer, 10000, MSG_NOSIGNAL) == 10000, "the port takes bytes");
    shutdown(fd, SHUT_WR);
    size_t total = 0;
    for (ssize_t n; (n = recv(fd, buffer, sizeof buffer, 0)) > 0;)
        total += (size_t)n;
    CHECK(total == 40000, "the end of one direction leaves the other open");
    close(fd);
    CHECK(finish(dial(GIVEN_PORT + 1)).error == E_REFUSED, "a port without a server is refused");
    CHECK(about(F_SIGNAL, "echo") == F_DONE && finish(server).signal == SIGTERM, "the server is stopped");
}

static void test_limits(void) {
    enum { MANY = 500 };
    int fds[MANY], accepted = 0;
    for (int i = 0; i < MANY; i++)
        fds[i] = start(&(struct start){.argv = {"sleep", "1"}});
    for (int i = 0; i < MANY; i++)
        accepted += finish(fds[i]).ended;
    CHECK(accepted == MANY, "500 processes run at once");
    CHECK(RUN("true").ended, "another process starts after 500");
}

int main(int argc, char **argv) {
    struct agent a;
    if (argc != 3)
        return 2;
    if (!agent_start(&a, argv[1], argv[2])) {
        fprintf(stderr, "test_agent: no agent: bwrap is missing, or may not make sandboxes here\n");
        return 1;
    }
    socket_path = a.socket;
    void (*const tests[])(void) = {test_ends,     test_time,    test_input,    test_slow_reader, test_attach, test_tags,
                                   test_terminal, test_orphans, test_protocol, test_ports,       test_limits};
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++)
        tests[i]();
    CHECK(!agent_reported(&a), "the sanitizers have nothing to report");
    agent_kill(&a);
    printf("test_agent: %s\n", failures ? "FAILED" : "ok");
    return failures ? 1 : 0;
}
