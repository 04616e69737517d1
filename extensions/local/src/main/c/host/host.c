#include "host/host.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static char failure_code[32];
static char failure_message[512];

bool fail(const char *code, const char *format, ...) {
    if (failure_code[0] != '\0') return false;
    snprintf(failure_code, sizeof failure_code, "%s", code);
    va_list args;
    va_start(args, format);
    vsnprintf(failure_message, sizeof failure_message, format, args);
    va_end(args);
    return false;
}

bool has_failed(void) {
    return failure_code[0] != '\0';
}

int report_failure(const char *detail) {
    char line[2048];
    int n = snprintf(line, sizeof line - 1, "%s: %s%s%s", failure_code, failure_message,
                     *detail == '\0' ? "" : ": ", detail);
    if (n > (int)sizeof line - 2) n = (int)sizeof line - 2;
    for (int i = 0; i < n; i++) {
        if ((unsigned char)line[i] < ' ') line[i] = ' '; /* one line, even if bwrap printed several */
    }
    line[n++] = '\n';
    ssize_t written = write(STDERR_FILENO, line, (size_t)n);
    (void)written; /* if stderr is closed, the failure can't be reported */
    return 1;
}

int64_t monotonic_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static volatile sig_atomic_t interrupted;

static void on_signal(int signo) {
    (void)signo;
    interrupted = 1;
}

void expire_on_signals(void) {
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

int remaining_ms(int64_t deadline) {
    if (interrupted) return 0;
    int64_t left = deadline - monotonic_ms();
    if (left < 0) return 0;
    return left > INT_MAX ? INT_MAX : (int)left;
}

bool lock_stdout(void) {
    struct stat st;
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    if (fstat(STDOUT_FILENO, &st) != 0 || !S_ISREG(st.st_mode)) return true;
    return fcntl(STDOUT_FILENO, F_SETLKW, &whole) == 0 || fail("io", "locking stdout: %s", strerror(errno));
}

void close_quietly(int fd) {
    int error = errno;
    if (fd >= 0) close(fd);
    errno = error;
}

void reset_signals(void) {
    sigset_t none;
    sigemptyset(&none);
    signal(SIGTERM, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

bool silence(void) {
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    return null >= 0 && dup2(null, STDIN_FILENO) >= 0 && dup2(null, STDOUT_FILENO) >= 0 && dup2(null, STDERR_FILENO) >= 0;
}

bool parse_number(const char *text, uint64_t max, uint64_t *value) {
    uint64_t n = 0;
    if (*text == '\0') return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9') return false;
        unsigned digit = (unsigned)(*text - '0');
        if (n > (max - digit) / 10) return false;
        n = n * 10 + digit;
    }
    *value = n;
    return true;
}

bool write_file(const char *path, const char *text) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return false;
    size_t n = strlen(text);
    ssize_t written = write(fd, text, n);
    int error = written < 0 ? errno : EIO;
    close(fd);
    errno = error;
    return written == (ssize_t)n;
}

static bool stat_field(pid_t pid, int wanted, uint64_t *value) {
    char text[1024];
    snprintf(text, sizeof text, "/proc/%d/stat", (int)pid);
    int fd = open(text, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    ssize_t n = read(fd, text, sizeof text - 1);
    close(fd);
    if (n <= 0) return false;
    text[n] = '\0';
    char *p = strrchr(text, ')'); /* the name before it may contain anything, even parentheses */
    if (p == NULL) return false;
    p++; /* at the space before field 3 */
    for (int field = 3; field < wanted; field++) {
        p = strchr(p + 1, ' ');
        if (p == NULL) return false;
    }
    char *end = strchr(++p, ' ');
    if (end != NULL) *end = '\0';
    return parse_number(p, UINT64_MAX, value);
}

bool start_time_of(pid_t pid, uint64_t *ticks) {
    return stat_field(pid, 22, ticks);
}

pid_t parent_of(pid_t pid) {
    uint64_t parent;
    return stat_field(pid, 4, &parent) ? (pid_t)parent : 0;
}

/* Compares the start time only after opening the descriptor: otherwise another process could have got the same pid in between. */
int open_process(pid_t pid, uint64_t start) {
    uint64_t found;
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (fd < 0 || (start_time_of(pid, &found) && found == start)) return fd;
    close(fd);
    return -1;
}
