/* Serves sudo clients. The child that runs the command reads the request, not pid 1: even closing a descriptor that a hostile
 * client has sent may block. */
#include "init/sudo_server.h"

#include "common/sudo_socket.h"
#include "loop/conn.h"
#include "loop/listener.h"
#include "process/child.h"
#include "process/environment.h"
#include "process/process_lifecycle.h"
#include "process/process_output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_CLIENTS = 64, REQUEST_SECONDS = 10, SIGNAL_PAYLOAD = 5, ALLOWED_UID = 1000 };

static struct listener clients;
static unsigned client_count;

static void sudo_frame(struct conn *c, uint8_t type, const unsigned char *payload, size_t n) {
    struct in i = {.p = payload, .end = payload + n};
    uint32_t signo = in_u32(&i);
    uint8_t group = in_u8(&i);
    if (type != F_STREAM_SIGNAL || !in_done(&i))
        conn_close(c);
    else
        process_signal(c->process, signo, group);
}

static void sudo_gone(struct conn *c) {
    if (c->process)
        process_signal(c->process, SIGHUP, true);
}

static void sudo_closed(struct conn *c) {
    client_count--;
    if (c->process)
        process_detach(c->process, c);
}

static const struct role sudo_role = {
    .max_payload = SIGNAL_PAYLOAD, .frame = sudo_frame, .gone = sudo_gone, .closed = sudo_closed};

/* Receives the header, and with it the descriptors. Three become 0, 1 and 2; returns the fourth, the working directory. */
static int receive_header(int fd, unsigned char *header, int status) {
    char control[CMSG_SPACE(SUDO_DESCRIPTORS * sizeof(int))];
    struct iovec io = {.iov_base = header, .iov_len = FRAME_HEADER};
    struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct pollfd p = {.fd = fd, .events = POLLIN};
    if (poll(&p, 1, -1) != 1 || recvmsg(fd, &m, MSG_CMSG_CLOEXEC) != FRAME_HEADER)
        child_fail(status, E_PROTOCOL, "the request is missing");
    struct cmsghdr *h = CMSG_FIRSTHDR(&m);
    if (!h || h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS
        || h->cmsg_len != CMSG_LEN(SUDO_DESCRIPTORS * sizeof(int)))
        child_fail(status, E_PROTOCOL, "the request has no descriptors");
    int received[SUDO_DESCRIPTORS];
    memcpy(received, CMSG_DATA(h), sizeof received);
    for (int i = 0; i < 3; i++)
        if (dup2(received[i], i) < 0)
            child_fail(status, E_LIMIT, "%s", strerror(errno));
    return received[3];
}

static unsigned char *receive_payload(int fd, const unsigned char *header, size_t *n, int status) {
    struct in i = {.p = header, .end = header + FRAME_HEADER};
    *n = in_u32(&i);
    unsigned char *payload = *n <= MAX_PAYLOAD ? malloc(*n + 1) : NULL;
    if (!payload || in_u8(&i) != F_SUDO)
        child_fail(status, E_PROTOCOL, "malformed request");
    for (size_t got = 0; got < *n;) {
        struct pollfd p = {.fd = fd, .events = POLLIN};
        poll(&p, 1, -1);
        ssize_t r = read(fd, payload + got, *n - got);
        if (r == 0 || (r < 0 && errno != EAGAIN && errno != EINTR))
            child_fail(status, E_PROTOCOL, "the request ended early");
        got += r > 0 ? (size_t)r : 0;
    }
    return payload;
}

/* Runs in the child. Every accepted client may become root anyway, so only pid 1 has to be protected from it. */
static _Noreturn void run_child(int fd, int status) {
    child_begin(status, fd);
    alarm(REQUEST_SECONDS);
    unsigned char header[FRAME_HEADER];
    int cwd = receive_header(fd, header, status);
    size_t n;
    unsigned char *payload = receive_payload(fd, header, &n, status);
    alarm(0);
    struct in i = {.p = payload, .end = payload + n};
    struct command command = {.pty = -1};
    command.argv = in_list(&i, NULL);
    command.env = in_map(&i, NULL);
    command.user = in_str(&i, NULL);
    command.group = in_str(&i, NULL);
    command.terminal = in_u8(&i) & SUDO_TTY;
    if (!in_done(&i))
        child_fail(status, E_PROTOCOL, "malformed request");
    if (!command.argv[0] || !*command.argv[0] || !valid_environment(command.env))
        child_fail(status, E_INVALID, "the command is empty, or a variable's name is empty or contains \"=\"");
    if (fchdir(cwd) < 0)
        child_fail(status, E_CWD_MISSING, "working directory: %s", strerror(errno));
    child_exec(&command, status);
}

static void start(struct conn *c, struct process *p) {
    int status[2];
    pid_t pid = -1;
    if (pipe2(status, O_CLOEXEC) == 0) {
        fcntl(status[0], F_SETFL, O_NONBLOCK);
        if (source_open(&p->status, status[0], EPOLLIN, process_status_ready) && (pid = fork()) == 0)
            run_child(c->source.fd, status[1]);
        close(status[1]);
    }
    if (pid < 0) {
        process_free(p);
        conn_error(c, E_LIMIT, "the sandbox has reached its process limit; end some processes");
        return;
    }
    p->sudo = true;
    process_forked(p, pid, 0);
    process_attach(p, c);
}

/* Pid 0 means a process outside this pid namespace, of another sandbox or of the host. */
static bool allowed(int fd) {
    struct ucred peer;
    socklen_t n = sizeof peer;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &n) == 0 && peer.pid > 0
           && (peer.uid == 0 || peer.uid == ALLOWED_UID);
}

static void accepted(int fd) {
    if (!allowed(fd)) {
        refuse(fd, E_PERMISSION, "only root and user of this sandbox may use sudo");
        return;
    }
    if (client_count >= MAX_CLIENTS || !process_room(0)) {
        refuse(fd, E_LIMIT, "too many commands");
        return;
    }
    struct conn *c = conn_new(fd, &sudo_role, false);
    if (!c)
        return;
    client_count++;
    struct process *p = process_new();
    if (p)
        start(c, p);
    else
        conn_error(c, E_LIMIT, "out of memory");
}

/* Does nothing outside a sandbox, as in a test: any process of the machine could connect. */
bool sudo_open(void) {
    if (getpid() != 1)
        return true;
    struct sockaddr_un address;
    socklen_t n = sudo_address(&address);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return false;
    if (bind(fd, (struct sockaddr *)&address, n) < 0 || listen(fd, MAX_CLIENTS) < 0) {
        bool in_use = errno == EADDRINUSE; /* the network namespace is shared with another sandbox */
        close(fd);
        return in_use;
    }
    return listener_open(&clients, fd, accepted);
}
