#include "process/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

static int ptmx = -1;

void pty_prepare(void) {
    ptmx = open("/dev/ptmx", O_PATH | O_CLOEXEC);
}

/* Opens /dev/ptmx through the descriptor, since root in the sandbox can replace it by anything, such as a FIFO. */
int pty_open_master(void) {
    if (ptmx < 0) {
        errno = ENOENT;
        return -1;
    }
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", ptmx);
    int master = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    int locked = 0;
    if (master >= 0 && ioctl(master, TIOCSPTLCK, &locked) < 0) {
        int error = errno;
        close(master);
        errno = error;
        return -1;
    }
    return master;
}

void pty_resize(int fd, uint16_t cols, uint16_t rows) {
    struct winsize size = {.ws_col = cols, .ws_row = rows};
    if (fd >= 0)
        ioctl(fd, TIOCSWINSZ, &size);
}

bool pty_enter(int master, uid_t owner) {
    int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0 || ioctl(slave, TIOCSCTTY, 0) < 0)
        return false;
    /* A failure is not fatal: only programs that open the terminal by its name need this. */
    if (fchown(slave, owner, (gid_t)-1) == 0)
        fchmod(slave, 0620);
    return dup2(slave, 0) == 0 && dup2(slave, 1) == 1 && dup2(slave, 2) == 2;
}
