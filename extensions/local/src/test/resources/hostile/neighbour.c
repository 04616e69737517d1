/* Attacks on another sandbox: by resources that the kernel counts per user, and by files that both see. */
#include "attack.h"

#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>

enum { FEW = 100 };

/* Sends a descriptor that nobody receives. */
static int send_descriptor(int socket) {
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control = {0};
    char byte = 0;
    struct iovec data = {&byte, 1};
    struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    control.header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(&control.header), &socket, sizeof socket);
    return (int)sendmsg(socket, &message, MSG_DONTWAIT);
}

/* Sends one more descriptor, on a new pair if the last is full. */
static int send_one(void) {
    static int pair[2] = {-1, -1};
    if (pair[0] >= 0 && send_descriptor(pair[0]) >= 0) return 0;
    if (pair[0] >= 0 && errno != EAGAIN) return -1;
    return socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 ? send_descriptor(pair[0]) : -1;
}

static int make_timer(void) {
    timer_t timer;
    return timer_create(CLOCK_MONOTONIC, NULL, &timer);
}

static int make_watcher(void) {
    return inotify_init1(0);
}

static int make_pipe(void) {
    int pair[2];
    return pipe(pair) == 0 ? fcntl(pair[1], F_SETPIPE_SZ, 1 << 20) : -1;
}

static int make_queue(void) {
    static int made;
    char name[64];
    snprintf(name, sizeof name, "/neighbour-%d-%d", (int)getpid(), made++);
    struct mq_attr small = {.mq_maxmsg = 1, .mq_msgsize = 1};
    return (int)mq_open(name, O_CREAT | O_EXCL | O_RDWR, 0600, &small);
}

/* Queues a signal that stays blocked. */
static int send_signal(void) {
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGRTMAX);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    return sigqueue(getpid(), SIGRTMAX, (union sigval){0});
}

static const struct {
    const char *name;
    int (*take)(void);
    int max;
} kinds[] = {
    {"watcher", make_watcher, 10000}, {"flight", send_one, 20 * FEW}, {"pipe", make_pipe, 1000},
    {"queue", make_queue, 1000},      {"timer", make_timer, 500000},  {"signal", send_signal, 500000},
};

/* Takes as many resources of each kind as it can, and holds them until its standard input ends. */
void neighbour_exhaust(void) {
    struct rlimit descriptors;
    getrlimit(RLIMIT_NOFILE, &descriptors);
    descriptors.rlim_cur = descriptors.rlim_max;
    setrlimit(RLIMIT_NOFILE, &descriptors);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        int n = 0;
        while (n < kinds[i].max && kinds[i].take() >= 0) n++;
        printf("%s=%d\n", kinds[i].name, n);
    }
    printf("held=OK\n");
    fflush(stdout);
    char byte;
    if (read(0, &byte, 1) < 0) exit(1);
}

/* Takes one resource of each kind. Lowers its descriptor limit, since the kernel compares descriptors in flight with that of the sender. */
void neighbour_need(void) {
    struct rlimit few = {FEW, FEW};
    setrlimit(RLIMIT_NOFILE, &few);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) tried(kinds[i].name, kinds[i].take());
}

/* Tries to lock each file, and holds the locks until its standard input ends. */
void neighbour_lock(char **paths) {
    for (; *paths != NULL; paths++) {
        int fd = open(*paths, O_RDONLY | O_NONBLOCK);
        tried(*paths, fd < 0 ? -1 : flock(fd, LOCK_EX | LOCK_NB));
    }
    printf("held=OK\n");
    fflush(stdout);
    char byte;
    if (read(0, &byte, 1) < 0) exit(1);
}

/* Prints the names of files that are opened in the directories, until its standard input ends. */
void neighbour_watch(char **paths) {
    int watcher = inotify_init1(IN_NONBLOCK);
    for (; *paths != NULL; paths++) tried(*paths, inotify_add_watch(watcher, *paths, IN_OPEN | IN_ACCESS));
    printf("held=OK\n");
    fflush(stdout);
    struct pollfd both[] = {{.fd = 0, .events = POLLIN}, {.fd = watcher, .events = POLLIN}};
    static char events[65536] __attribute__((aligned(8)));
    while (poll(both, 2, -1) > 0 && both[0].revents == 0) {
        ssize_t n = read(watcher, events, sizeof events);
        for (char *p = events; p < events + n;) {
            struct inotify_event *e = (struct inotify_event *)p;
            printf("seen=%s\n", e->len > 0 ? e->name : ".");
            p += sizeof *e + e->len;
        }
        fflush(stdout);
    }
    printf("end=OK\n");
}
