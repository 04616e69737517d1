#include "host/network/nft.h"

#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static _Noreturn void run(const char *nft, int owner, int network, int rules, int log) {
    bool ok = owner < 0 || setns(owner, CLONE_NEWUSER) == 0;
    ok = ok && (network < 0 || setns(network, CLONE_NEWNET) == 0);
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    ok = ok && null >= 0 && dup2(rules, STDIN_FILENO) == STDIN_FILENO && dup2(null, STDOUT_FILENO) == STDOUT_FILENO &&
         dup2(log, STDERR_FILENO) == STDERR_FILENO;
    reset_signals();
    if (ok) execl(nft, nft, "-f", "-", (char *)NULL);
    _exit(127);
}

pid_t nft_start(const char *nft, int owner, int network, int rules, int log) {
    pid_t pid = fork();
    if (pid == 0) run(nft, owner, network, rules, log);
    if (pid < 0) fail("io", "fork: %s", strerror(errno));
    return pid;
}

bool nft_await(pid_t pid, const char *what) {
    int status = -1;
    if (pid < 0) return false;
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
    return status == 0 || fail("network", "nft rejected %s", what);
}
