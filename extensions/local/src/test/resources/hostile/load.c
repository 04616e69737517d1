/* Attacks that use up resources. */
#include "attack.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

/* Forks as fast as it can, and never returns. */
void load_fork_bomb(void) {
    printf("bomb=OK\n");
    fflush(stdout);
    signal(SIGCHLD, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    for (;;) fork();
}

void load_memory(void) {
    for (size_t n = 0;; n += 4 << 20) {
        char *p = mmap(NULL, 4 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED) break;
        memset(p, 1, 4 << 20);
        if (n % (64 << 20) == 0) {
            printf("taken-%zu=OK\n", n >> 20);
            fflush(stdout);
        }
    }
    tried("mmap", -1);
}

/* Makes the given number of orphans, which the agent has to reap. */
void load_orphans(char **arguments) {
    long wanted = atol(arguments[0]), made = 0, failed = 0;
    while (made < wanted) {
        pid_t child = fork();
        if (child == 0) {
            if (fork() == 0) _exit(0);
            _exit(0);
        }
        if (child > 0) {
            waitpid(child, NULL, 0);
            made++;
        } else if (++failed > 200000) {
            break;
        }
    }
    errno = EAGAIN;
    tried("orphans", made == wanted ? 0 : -1);
}

void load_terminals(void) {
    long opened = 0;
    while (open("/dev/ptmx", O_RDWR | O_NOCTTY) >= 0) opened++;
    tried("open", -1);
    printf("opened=%ld\n", opened);
}

void load_descriptors(void) {
    long n = 0;
    while (open("/dev/null", O_RDONLY) >= 0) n++;
    tried("open", -1);
    printf("opened=%ld\n", n);
    int pair[2];
    tried("pipe", pipe(pair));
}

/* Starts the given number of processes that use all CPU time they get and ignore all signals they can. */
void load_spin(char **arguments) {
    for (int signo = 1; signo < NSIG; signo++) signal(signo, SIG_IGN);
    for (long n = atol(arguments[0]); n > 0; n--) {
        if (fork() != 0) continue;
        setsid();
        for (;;) sched_yield();
    }
    printf("spinning=OK\n");
    fflush(stdout);
}
