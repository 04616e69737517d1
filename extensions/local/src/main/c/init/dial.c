/* DIAL: copies bytes between a connection and a port of the sandbox's loopback. Each direction ends on its own. */
#include "init/dial.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BUFFER = 64 << 10, CONNECT_MS = 10000 };

struct half {
    struct source *from, *to;
    unsigned char *data; /* NULL while empty */
    size_t start, end;
    bool input_over, over; /* input_over: nothing more to read; over: all is written and shut down, or can't be written */
};

struct relay {
    struct source host, port;
    struct half up, down; /* up: from the host into the sandbox */
    struct timer timer;   /* while connecting */
    bool host_gone;       /* the host has closed both directions */
    uint16_t number;
    int family;
};

static void close_relay(struct relay *r) {
    if (r->host.fd < 0)
        return;
    timer_stop(&r->timer);
    source_close(&r->host);
    source_close(&r->port);
    free(r->up.data);
    free(r->down.data);
    r->up.data = r->down.data = NULL;
    connection_count--;
    free_later(r);
}

static void free_buffer(struct half *h) {
    free(h->data);
    h->data = NULL;
    h->start = h->end = 0;
}

static bool temporary(void) {
    return errno == EAGAIN || errno == EINTR || errno == ENOBUFS || errno == ENOMEM;
}

static void give_up(struct half *h) {
    free_buffer(h);
    h->input_over = h->over = true;
}

static void write_half(struct half *h) {
    while (h->start < h->end) {
        ssize_t n = send(h->to->fd, h->data + h->start, h->end - h->start, MSG_NOSIGNAL);
        if (n < 0) {
            if (!temporary())
                give_up(h);
            return;
        }
        h->start += (size_t)n;
    }
    free_buffer(h);
    if (h->input_over && !h->over) {
        h->over = true;
        shutdown(h->to->fd, SHUT_WR);
    }
}

static void read_half(struct half *h) {
    if (h->input_over || h->end > 0)
        return;
    if (!h->data && !(h->data = malloc(BUFFER)))
        return;
    ssize_t n = read(h->from->fd, h->data, BUFFER);
    if (n > 0)
        h->end = (size_t)n;
    else if (n == 0 || !temporary())
        h->input_over = true;
    write_half(h);
}

static uint32_t interest(const struct half *reading, const struct half *writing) {
    uint32_t in = !reading->input_over && reading->end == 0 ? EPOLLIN : 0;
    return in | (writing->end > 0 ? EPOLLOUT : 0);
}

static void update(struct relay *r) {
    if (r->host_gone)
        give_up(&r->down);
    if (r->up.over && r->down.over) {
        close_relay(r);
        return;
    }
    source_want(&r->host, interest(&r->up, &r->down));
    source_want(&r->port, interest(&r->down, &r->up));
}

static void host_ready(struct source *s, uint32_t events) {
    struct relay *r = CONTAINER(s, struct relay, host);
    if (events & (EPOLLHUP | EPOLLERR))
        r->host_gone = true;
    if (events & EPOLLOUT)
        write_half(&r->down);
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        read_half(&r->up);
    update(r);
}

static void port_ready(struct source *s, uint32_t events) {
    struct relay *r = CONTAINER(s, struct relay, port);
    if (events & EPOLLERR)
        give_up(&r->up);
    else if (events & EPOLLOUT)
        write_half(&r->up);
    if (events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        read_half(&r->down);
    update(r);
}

static void refuse_dial(struct relay *r, const char *why) {
    struct out o = {0};
    out_error(&o, E_REFUSED, "port %u: %s", r->number, why);
    send(r->host.fd, o.data, o.len, MSG_NOSIGNAL);
    out_free(&o);
    close_relay(r);
}

static void connect_to(struct relay *r, int family);

static void connected(struct relay *r, int error) {
    if (error) {
        source_close(&r->port);
        if (r->family == AF_INET)
            connect_to(r, AF_INET6);
        else
            refuse_dial(r, "nothing listens there");
        return;
    }
    timer_stop(&r->timer);
    struct out o = {0};
    out_frame(&o, F_READY);
    out_finish(&o);
    ssize_t n = send(r->host.fd, o.data, o.len, MSG_NOSIGNAL); /* the first bytes on it, so there is room */
    r->host_gone = n < 0;
    out_free(&o);
    r->port.ready = port_ready;
    r->host.ready = host_ready;
    update(r);
}

static void connect_ready(struct source *s, uint32_t events) {
    if (!(events & (EPOLLOUT | EPOLLERR)))
        return;
    int error = 0;
    socklen_t n = sizeof error;
    if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &error, &n) < 0)
        error = errno;
    connected(CONTAINER(s, struct relay, port), error);
}

static int start_connect(int fd, int family, uint16_t port) {
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = in6addr_loopback};
    if (family == AF_INET)
        return connect(fd, (struct sockaddr *)&v4, sizeof v4);
    return connect(fd, (struct sockaddr *)&v6, sizeof v6);
}

static void connect_to(struct relay *r, int family) {
    r->family = family;
    int one = 1, fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0 && family == AF_INET6) {
        refuse_dial(r, "nothing listens there");
        return;
    }
    if (fd < 0 || !source_open(&r->port, fd, EPOLLOUT, connect_ready)) {
        refuse_dial(r, "the agent has no socket left; close some connections");
        return;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (start_connect(fd, family, r->number) == 0)
        connected(r, 0);
    else if (errno != EINPROGRESS)
        connected(r, errno);
}

static void connect_timed_out(struct timer *t) {
    refuse_dial(CONTAINER(t, struct relay, timer), "no connection was accepted in time");
}

/* While connecting, the only event of the host that counts is a hang-up. */
static void on_host_hangup(struct source *s, uint32_t events) {
    if (events & (EPOLLHUP | EPOLLERR))
        close_relay(CONTAINER(s, struct relay, host));
}

static void take_over(struct relay *r, struct conn *c) {
    r->up = (struct half){.from = &r->host, .to = &r->port};
    r->down = (struct half){.from = &r->port, .to = &r->host};
    r->port.fd = -1;
    if (!source_open(&r->host, conn_release(c), 0, on_host_hangup)) {
        connection_count--;
        free(r);
        return;
    }
    timer_start(&r->timer, CONNECT_MS, connect_timed_out);
    connect_to(r, AF_INET);
}

void dial_request(struct conn *c, const unsigned char *payload, size_t n) {
    struct in i = {.p = payload, .end = payload + n};
    uint16_t port = in_u16(&i);
    if (!in_done(&i)) {
        conn_error(c, E_PROTOCOL, "malformed request");
        return;
    }
    struct relay *r = port ? calloc(1, sizeof *r) : NULL;
    if (!r) {
        conn_error(c, port ? E_LIMIT : E_INVALID, port ? "out of memory" : "port 0 can't be dialled");
        return;
    }
    r->number = port;
    take_over(r, c);
}
