/* A child serves requests that may take time, and takes over the connection. */
#include "init/worker.h"

#include "common/errors.h"
#include "files/files.h"
#include "files/watch.h"
#include "loop/children.h"
#include "process/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static void ended(struct child *child, int status) {
    (void)status;
    connection_count--;
    free(child);
}

/* What follows the request can still be read from the descriptor: conn.c reads no byte beyond a frame. */
static _Noreturn void serve(int fd, uint8_t type, const unsigned char *payload, size_t n) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    child_begin(-1, fd);
    fcntl(fd, F_SETFL, 0);
    if (type == F_WATCH)
        serve_watch(fd, payload, n);
    else
        serve_file_request(fd, type, payload, n);
    _exit(0);
}

void worker_request(struct conn *c, uint8_t type, const unsigned char *payload, size_t n) {
    struct child *worker = malloc(sizeof *worker);
    pid_t pid = worker ? fork() : -1;
    if (pid == 0)
        serve(c->source.fd, type, payload, n);
    int error = errno;
    if (pid < 0) {
        free(worker);
        conn_error(c, E_LIMIT, fork_error_message(error));
        return;
    }
    child_watch(worker, pid, ended);
    close(conn_release(c));
}
