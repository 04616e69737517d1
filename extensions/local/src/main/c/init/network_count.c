#include "init/network_count.h"

#include "common/config.h"

#include <fcntl.h>
#include <unistd.h>

/* Opened before any other program runs, since one could put another file in the place of this one. */
static int counters = -1;

bool network_count_open(void) {
    if (config.count < 0)
        return true;
    counters = open("/proc/self/net/dev", O_RDONLY | O_CLOEXEC);
    return counters >= 0;
}

/* Copies the kernel's text unchanged: the host reads the same format while the sandbox lives. */
void network_count_write(void) {
    char text[4096]; /* more than two interfaces take */
    ssize_t n = counters < 0 ? 0 : pread(counters, text, sizeof text, 0);
    if (n > 0 && write(config.count, text, (size_t)n) != n)
        return; /* the disk is full: the host keeps its last reading */
}
