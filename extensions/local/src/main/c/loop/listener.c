/* If descriptors run out, closes a spare one to accept the connection and refuse it; otherwise the client would hang. */
#include "loop/listener.h"

#include "loop/conn.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ACCEPTED_AT_ONCE = 16, PAUSE_MS = 50 };

static int spare = -1;

static void resume(struct timer *t) {
    source_want(&CONTAINER(t, struct listener, pause)->source, EPOLLIN);
}

static void refuse_one(struct listener *l) {
    if (spare >= 0)
        close(spare);
    int fd = accept4(l->source.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd >= 0)
        refuse(fd, E_LIMIT, "no descriptor left");
    spare = fcntl(l->source.fd, F_DUPFD_CLOEXEC, 0);
    if (fd < 0) { /* still none: tries again later instead of in a busy loop */
        source_want(&l->source, 0);
        timer_start(&l->pause, PAUSE_MS, resume);
    }
}

static void on_connection(struct source *s, uint32_t events) {
    (void)events;
    struct listener *l = CONTAINER(s, struct listener, source);
    for (int i = 0; i < ACCEPTED_AT_ONCE; i++) {
        int fd = accept4(s->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (fd >= 0) {
            l->accepted(fd);
        } else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
            refuse_one(l);
            return;
        } else if (errno != EINTR && errno != ECONNABORTED) {
            return;
        }
    }
}

bool listener_open(struct listener *l, int fd, void (*accepted)(int fd)) {
    l->accepted = accepted;
    if (spare < 0)
        spare = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    return fcntl(fd, F_SETFL, O_NONBLOCK) == 0 && source_open(&l->source, fd, EPOLLIN, on_connection);
}
