/* `sudo` inside the sandbox. Set-uid programs have no effect there, so this one sends a request to pid 1. */
#include "common/roles.h"

#include "common/sudo_socket.h"
#include "common/wire.h"
#include "sudo/sudo_command.h"
#include "sudo/sudo_options.h"
#include "sudo/sudo_relay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage_text[] =
    "usage: sudo [-bEHnSkKv] [-u USER] [-g GROUP] [-i | -s] [--] [VAR=value]... [COMMAND [ARG]...]\n"
    "       the long options of these too; --preserve-env=NAME,...\n"
    "       sudo -l | -V | -h\n";

static _Noreturn void fail(const char *what) {
    fprintf(stderr, "sudo: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void put_list(struct out *o, char **list, size_t per) {
    size_t n = 0;
    while (list[n])
        n++;
    out_u32(o, (uint32_t)(n / per));
    for (char **p = list; *p; p++)
        out_str(o, *p, strlen(*p));
}

static int connect_to_agent(void) {
    struct sockaddr_un address;
    socklen_t n = sudo_address(&address);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&address, n) < 0)
        fail("can't reach the sandbox's agent");
    return fd;
}

/* Sends the descriptors along with the header, then the rest. */
static void send_request(int fd, struct out *o, const int descriptors[SUDO_DESCRIPTORS]) {
    char control[CMSG_SPACE(SUDO_DESCRIPTORS * sizeof(int))] = {0};
    struct iovec io = {.iov_base = o->data, .iov_len = FRAME_HEADER};
    struct msghdr m = {.msg_iov = &io, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *h = CMSG_FIRSTHDR(&m);
    h->cmsg_level = SOL_SOCKET;
    h->cmsg_type = SCM_RIGHTS;
    h->cmsg_len = CMSG_LEN(SUDO_DESCRIPTORS * sizeof(int));
    memcpy(CMSG_DATA(h), descriptors, SUDO_DESCRIPTORS * sizeof(int));
    /* A failure is ignored: the agent may have sent a refusal, which is read next and says more. */
    if (sendmsg(fd, &m, MSG_NOSIGNAL) == FRAME_HEADER) {
        struct out rest = {.data = o->data + FRAME_HEADER, .len = o->len - FRAME_HEADER};
        send_all(fd, &rest);
    }
}

/* The parent exits at once; its copy waits for the command. */
static void go_to_background(void) {
    pid_t pid = fork();
    if (pid < 0)
        fail("can't fork");
    if (pid > 0)
        exit(0);
}

static int run(const struct sudo_options *options) {
    if (options->background)
        go_to_background();
    const char *cwd;
    char **argv = sudo_argv(options, &cwd);
    int agent = connect_to_agent();
    int descriptors[SUDO_DESCRIPTORS] = {0, 1, 2, open(cwd, O_PATH | O_DIRECTORY | O_CLOEXEC)};
    if (descriptors[3] < 0)
        descriptors[3] = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    int master = isatty(0) ? sudo_open_terminal(descriptors) : -1;
    struct out o = {0};
    out_frame(&o, F_SUDO);
    put_list(&o, argv, 1);
    put_list(&o, sudo_environment(options, argv), 2);
    out_str(&o, options->user, strlen(options->user));
    out_str(&o, options->group ? options->group : "", options->group ? strlen(options->group) : 0);
    out_u8(&o, master >= 0 ? SUDO_TTY : 0);
    out_finish(&o);
    if (o.len > MAX_PAYLOAD) {
        errno = E2BIG;
        fail(argv[0]);
    }
    send_request(agent, &o, descriptors);
    out_free(&o);
    if (master >= 0)
        close(descriptors[0]); /* the slave: the master sees the end once the command has closed its copies */
    close(descriptors[3]);
    return sudo_relay(agent, master);
}

static void open_missing_standard_descriptors(void) {
    int fd;
    do
        fd = open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= 2);
    if (fd > 2)
        close(fd);
}

int sudo_main(int argc, char **argv) {
    if (argc < 1)
        return 1;
    open_missing_standard_descriptors();
    struct sudo_options options = parse_sudo_options(argv);
    switch (options.action) {
    case SUDO_RUN:
        return run(&options);
    case SUDO_NOTHING:
        return 0;
    case SUDO_LIST:
        printf("All commands may be run, as any user, without a password.\n");
        return 0;
    case SUDO_VERSION:
        printf("sudo of sand-boxer\n");
        return 0;
    case SUDO_HELP:
        fputs(usage_text, stdout);
        return 0;
    default:
        fputs(usage_text, stderr);
        return 1;
    }
}
