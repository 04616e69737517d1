/* START: makes the pipes or the PTY and forks; child.c does the rest. */
#include "process/start.h"

#include "common/errors.h"
#include "process/child.h"
#include "process/environment.h"
#include "process/process_input.h"
#include "process/process_lifecycle.h"
#include "process/process_output.h"
#include "process/pty.h"
#include "process/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MAX_COMMAND = MAX_PAYLOAD - (16 << 10) }; /* leaves room for tag and cwd in a PROCESS frame */

struct request {
    struct command command;
    char *user, *cwd, *tag;
    uint16_t cols, rows;
    uint8_t flags;
    uint64_t timeout_ms;
    size_t command_length;
};

struct child_ends {
    int status, standard[3]; /* -1: keeps pid 1's, which is /dev/null */
};

static bool parse(struct request *r, const unsigned char *payload, size_t n) {
    struct in i = {.p = payload, .end = payload + n};
    *r = (struct request){.command.pty = -1};
    r->command.argv = in_list(&i, NULL);
    r->command.env = in_map(&i, NULL);
    r->command_length = (size_t)(i.p - payload);
    r->cwd = in_str(&i, NULL);
    r->user = in_str(&i, NULL);
    r->flags = in_u8(&i);
    r->cols = in_u16(&i);
    r->rows = in_u16(&i);
    r->tag = in_str(&i, NULL);
    r->timeout_ms = in_u64(&i);
    r->command.cwd = r->cwd;
    r->command.user = r->user;
    return in_done(&i);
}

static void free_request(struct request *r) {
    free_list(r->command.argv);
    free_list(r->command.env);
    free(r->cwd);
    free(r->user);
    free(r->tag);
}

/* `parent` is the parent's end: 0 to read, 1 to write. It is non-blocking; the child's end is not. */
static bool open_pipe(struct source *s, int parent, int *child, void (*ready)(struct source *, uint32_t)) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return false;
    *child = ends[!parent];
    fcntl(ends[parent], F_SETFL, O_NONBLOCK);
    return source_open(s, ends[parent], 0, ready);
}

static bool open_terminal(struct process *p, struct request *r) {
    int master = pty_open_master();
    if (master < 0)
        return false;
    pty_resize(master, r->cols, r->rows);
    p->output[0].id = STREAM_PTY;
    r->command.pty = master;
    if (!source_open(&p->output[0].source, master, 0, process_output_ready))
        return false;
    int input = fcntl(master, F_DUPFD_CLOEXEC, 0);
    return input >= 0 && source_open(&p->input, input, 0, process_input_ready);
}

static bool open_streams(struct process *p, struct request *r, struct child_ends *ends) {
    *ends = (struct child_ends){.status = -1, .standard = {-1, -1, -1}};
    if (!open_pipe(&p->status, 0, &ends->status, process_status_ready))
        return false;
    source_want(&p->status, EPOLLIN);
    if (r->flags & START_PTY)
        return open_terminal(p, r);
    p->output[0].id = STREAM_STDOUT;
    p->output[1].id = STREAM_STDERR;
    return (!(r->flags & START_STDIN) || open_pipe(&p->input, 1, &ends->standard[0], process_input_ready))
           && open_pipe(&p->output[0].source, 0, &ends->standard[1], process_output_ready)
           && open_pipe(&p->output[1].source, 0, &ends->standard[2], process_output_ready);
}

static void close_ends(struct child_ends *ends) {
    int all[] = {ends->status, ends->standard[0], ends->standard[1], ends->standard[2]};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        if (all[i] >= 0)
            close(all[i]);
}

static _Noreturn void run_child(struct request *r, struct child_ends *ends) {
    for (int fd = 0; fd <= 2; fd++)
        if (ends->standard[fd] >= 0)
            dup2(ends->standard[fd], fd);
    child_begin(ends->status, r->command.pty);
    child_exec(&r->command, ends->status);
}

static void remember(struct process *p, struct request *r, const unsigned char *payload) {
    p->flags = r->flags;
    p->tag = r->tag;
    r->tag = NULL;
    out_bytes(&p->command, payload, r->command_length);
}

static void start(struct conn *c, struct request *r, const unsigned char *payload) {
    struct process *p = process_new();
    struct child_ends ends;
    if (!p) {
        conn_error(c, E_LIMIT, "out of memory");
        return;
    }
    pid_t pid = -1;
    if (open_streams(p, r, &ends) && (pid = fork()) == 0)
        run_child(r, &ends);
    int error = errno;
    close_ends(&ends);
    if (pid < 0) {
        process_free(p);
        conn_error(c, E_LIMIT, fork_error_message(error));
        return;
    }
    remember(p, r, payload);
    process_forked(p, pid, r->timeout_ms);
    c->role = &stream_role;
    process_attach(p, c);
    c->waiting = true; /* until the process has started */
    conn_read_on(c, false);
}

void start_request(struct conn *c, const unsigned char *payload, size_t n) {
    struct request r;
    if (!parse(&r, payload, n))
        conn_error(c, E_PROTOCOL, "malformed request");
    else if (!r.command.argv[0] || !*r.command.argv[0] || !valid_environment(r.command.env))
        conn_error(c, E_INVALID, "the command is empty, or a variable's name is empty or contains \"=\"");
    else if (r.command_length + strlen(r.tag) > MAX_COMMAND || !process_room(r.command_length))
        conn_error(c, E_LIMIT, "too many processes, or the command is too long");
    else
        start(c, &r, payload);
    free_request(&r);
}
