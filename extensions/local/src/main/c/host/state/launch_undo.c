#include "host/state/launch_undo.h"

#include "host/host.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void kill_children(void) {
    DIR *proc = opendir("/proc");
    if (proc == NULL) return;
    for (struct dirent *d; (d = readdir(proc)) != NULL;) {
        pid_t pid = isdigit((unsigned char)d->d_name[0]) ? (pid_t)atol(d->d_name) : 0;
        if (pid > 1 && parent_of(pid) == getpid()) kill(pid, SIGKILL);
    }
    closedir(proc);
}

/* Kills bubblewrap, then its children, which we inherit as subreaper. Everything in the sandbox dies with its pid 1. */
static void kill_everything(void) {
    int64_t limit = monotonic_ms() + 5000;
    do {
        kill_children();
        while (waitpid(-1, NULL, WNOHANG) > 0) {}
        if (errno == ECHILD) return;
        poll(NULL, 0, 1);
    } while (monotonic_ms() < limit);
}

void launch_log(const struct launch *l, char *tail, size_t size) {
    struct stat st;
    tail[0] = '\0';
    if (l->log < 0 || fstat(l->log, &st) != 0) return;
    off_t from = st.st_size > (off_t)size - 1 ? st.st_size - (off_t)size + 1 : 0;
    ssize_t n = pread(l->log, tail, size - 1, from);
    while (n > 0 && isspace((unsigned char)tail[n - 1])) n--;
    tail[n > 0 ? n : 0] = '\0';
}

int launch_undo(const struct launch *l) {
    char tail[1024];
    if (l->monitor > 0) kill_everything();
    if (l->copy_created) unlink(l->image_copy);
    if (l->socket_created) unlink(l->socket);
    launch_log(l, tail, sizeof tail);
    return report_failure(tail);
}
