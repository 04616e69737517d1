#include "init/deadline.h"

#include "init/network_count.h"
#include "loop/children.h"
#include "loop/loop.h"

#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define TOO_FAR ((uint64_t)100 * 365 * 24 * 3600 * 1000)

/* Rounds of the loop after the deadline: enough to accept a full queue of connections and to read the request of the last one. */
enum { LAST_ROUNDS = 256 };

static struct source timer;
static uint64_t at;
static unsigned rounds; /* of the loop since the timer fired */

static _Noreturn void end(void) {
    if (getpid() != 1) /* a test runs this agent outside any sandbox */
        children_kill();
    network_count_write();
    _exit(0);
}

/* Does not end the sandbox at once: if it was thawed after this deadline, a new deadline may be waiting on its socket. The timer is left
 * unread, so the loop calls this in every round. */
static void on_deadline(struct source *s, uint32_t events) {
    (void)s, (void)events;
    if (++rounds > LAST_ROUNDS)
        end();
}

void deadline_set(uint64_t ms) {
    if (ms == 0)
        end();
    if (ms > TOO_FAR)
        ms = TOO_FAR;
    at = now_ms() + ms;
    rounds = 0;
    struct itimerspec t = {.it_value = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000}};
    timerfd_settime(timer.fd, 0, &t, NULL);
}

uint64_t deadline_remaining(void) {
    uint64_t now = now_ms();
    return at > now ? at - now : 0;
}

bool deadline_open(uint64_t ms) {
    int fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
    if (fd < 0 || !source_open(&timer, fd, EPOLLIN, on_deadline))
        return false;
    deadline_set(ms);
    return true;
}
