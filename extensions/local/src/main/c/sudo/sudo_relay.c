/* The client while its command runs. It forwards signals, receives the result, and with a terminal copies bytes between the user's
 * terminal and the command's own PTY, so that the command can't type into its caller's terminal. */
#include "sudo/sudo_relay.h"

#include "common/wire.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

enum { SIGNALLED = 128, LOST = 1, NOT_FOUND = 127, NOT_EXECUTABLE = 126 };

static struct termios original;
static bool raw;

struct relay {
    int agent, master, signals, screen;
    bool input_over;
    char typed[4096];
    size_t from, to;
};

int sudo_open_terminal(int standard[3]) {
    int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (master < 0 || unlockpt(master) < 0)
        return -1;
    int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0)
        return -1;
    struct winsize size;
    if (ioctl(0, TIOCGWINSZ, &size) == 0)
        ioctl(master, TIOCSWINSZ, &size);
    if (tcgetattr(0, &original) == 0)
        tcsetattr(slave, TCSANOW, &original);
    for (int i = 0; i < 3; i++)
        if (isatty(i))
            standard[i] = slave;
    return master;
}

static void release_terminal(void) {
    if (raw && tcgetpgrp(0) == getpgrp())
        tcsetattr(0, TCSADRAIN, &original);
    raw = false;
}

/* Does nothing in the background, where the terminal belongs to another process group. */
static void take_terminal(void) {
    if (tcgetpgrp(0) != getpgrp() || tcgetattr(0, &original) < 0)
        return;
    struct termios t = original;
    cfmakeraw(&t);
    raw = tcsetattr(0, TCSADRAIN, &t) == 0;
}

static void forward(struct relay *r, uint32_t signo) {
    struct out o = {0};
    out_frame(&o, F_STREAM_SIGNAL);
    out_u32(&o, signo);
    out_u8(&o, 1);
    out_finish(&o);
    send_all(r->agent, &o);
    out_free(&o);
}

static void on_signal(struct relay *r) {
    struct signalfd_siginfo s;
    if (read(r->signals, &s, sizeof s) != sizeof s)
        return;
    struct winsize size;
    if (s.ssi_signo == SIGWINCH) {
        if (r->master >= 0 && ioctl(0, TIOCGWINSZ, &size) == 0)
            ioctl(r->master, TIOCSWINSZ, &size);
    } else if (s.ssi_signo == SIGTSTP) {
        forward(r, SIGSTOP); /* its process group is orphaned and ignores SIGTSTP */
        release_terminal();
        raise(SIGSTOP);
    } else {
        if (s.ssi_signo == SIGCONT && r->master >= 0)
            take_terminal();
        forward(r, s.ssi_signo);
    }
}

static void write_screen(int fd, const char *p, size_t n) {
    while (n > 0) {
        ssize_t written = write(fd, p, n);
        if (written < 0 && errno == EAGAIN) {
            struct pollfd wait = {.fd = fd, .events = POLLOUT};
            poll(&wait, 1, -1);
        } else if (written < 0 && errno != EINTR) {
            return;
        } else if (written > 0) {
            p += written;
            n -= (size_t)written;
        }
    }
}

/* Copies output of the command to the screen. false: nothing to read now, or the end. */
static bool copy_output(struct relay *r) {
    char buffer[4096];
    ssize_t n = read(r->master, buffer, sizeof buffer);
    if (n > 0) {
        write_screen(r->screen, buffer, (size_t)n);
        return true;
    }
    if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        close(r->master);
        r->master = -1;
    }
    return false;
}

static void write_typed(struct relay *r) {
    ssize_t n = write(r->master, r->typed + r->from, r->to - r->from);
    if (n > 0)
        r->from += (size_t)n;
    else if (n < 0 && errno != EAGAIN && errno != EINTR)
        r->from = r->to;
    if (r->from == r->to)
        r->from = r->to = 0;
}

static void read_keys(struct relay *r) {
    ssize_t n = read(0, r->typed, sizeof r->typed);
    if (n > 0)
        r->to = (size_t)n;
    else if (n == 0 || errno != EINTR)
        r->input_over = true;
}

/* Returns the exit status; -1: the command still runs. */
static int on_agent(struct relay *r) {
    uint8_t kind;
    unsigned char *payload;
    size_t n;
    if (!read_frame(r->agent, &kind, &payload, &n)) {
        fprintf(stderr, "sudo: the connection to the sandbox's agent was lost\n");
        return LOST;
    }
    struct in i = {.p = payload, .end = payload + n};
    int result = kind == F_STARTED ? -1 : LOST;
    if (kind == F_EXIT) {
        int code = (int)in_u32(&i);
        uint32_t signo = in_u32(&i);
        result = signo ? SIGNALLED + (int)signo : code;
    } else if (kind == F_ERROR) {
        uint16_t code = in_u16(&i);
        char *message = in_str(&i, NULL);
        release_terminal();
        fprintf(stderr, "sudo: %s\n", message);
        free(message);
        result = code == E_COMMAND_NOT_FOUND ? NOT_FOUND : code == E_NOT_EXECUTABLE ? NOT_EXECUTABLE : LOST;
    }
    free(payload);
    return result;
}

static int open_signals(void) {
    static const int forwarded[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGTERM, SIGUSR1,
                                    SIGUSR2, SIGALRM, SIGCONT, SIGTSTP, SIGWINCH};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof forwarded / sizeof *forwarded; i++)
        sigaddset(&set, forwarded[i]);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* Waits for one event and handles it. Returns the exit status; -1: the command still runs. */
static int step(struct relay *r) {
    bool typed = r->to > 0, reads = r->master >= 0 && raw && !r->input_over && !typed;
    struct pollfd p[] = {
        {.fd = r->agent, .events = POLLIN},
        {.fd = r->signals, .events = POLLIN},
        {.fd = r->master, .events = (short)(POLLIN | (typed ? POLLOUT : 0))},
        {.fd = reads ? 0 : -1, .events = POLLIN},
    };
    if (poll(p, 4, -1) < 0)
        return errno == EINTR ? -1 : LOST;
    if (p[1].revents)
        on_signal(r);
    if (p[2].revents & (POLLIN | POLLHUP | POLLERR))
        copy_output(r);
    if (r->master >= 0 && (p[2].revents & POLLOUT))
        write_typed(r);
    if (p[3].revents)
        read_keys(r);
    return p[0].revents ? on_agent(r) : -1;
}

int sudo_relay(int agent, int master) {
    struct relay r = {.agent = agent, .master = master, .signals = open_signals()};
    r.screen = isatty(1) ? 1 : isatty(2) ? 2 : 0;
    signal(SIGTTOU, SIG_IGN);
    if (master >= 0)
        take_terminal();
    int result;
    while ((result = step(&r)) < 0)
        continue;
    while (r.master >= 0 && copy_output(&r))
        continue;
    release_terminal();
    return result;
}
