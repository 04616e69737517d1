#include "process/child.h"

#include "common/config.h"
#include "common/errors.h"
#include "common/paths.h"
#include "common/users.h"
#include "process/descriptors.h"
#include "process/environment.h"
#include "process/pty.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { EXIT_NOT_STARTED = 127 };

_Noreturn void child_fail(int status, enum error_code code, const char *format, ...) {
    char message[400];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    struct out o = {0};
    out_error(&o, code, "%s", message);
    if (write(status, o.data, o.len) < 0)
        _exit(EXIT_NOT_STARTED + 1);
    _exit(EXIT_NOT_STARTED);
}

/* Makes the kernel prefer this process to pid 1 when the sandbox runs out of memory. */
void offer_to_oom_killer(void) {
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (write(fd, "500", 3) < 0)
        errno = 0; /* the score stays unchanged */
    close(fd);
}

void child_begin(int status, int kept) {
    setsid();
    close_all_but(status, kept, -1, -1);
    signal(SIGPIPE, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setrlimit(RLIMIT_NOFILE, &config.descriptors);
    offer_to_oom_killer();
}

static void look_up(const char *name, struct user *u, int status) {
    char own[16];
    snprintf(own, sizeof own, "%u", (unsigned)getuid());
    bool by_default = !*name;
    if (by_default && config.single_uid)
        name = own;
    if (!find_user(name, u))
        child_fail(status, E_UNKNOWN_USER, "unknown user %s", name);
    if (config.single_uid && u->uid != getuid())
        child_fail(status, E_UNKNOWN_USER, "user %s is not available: sandboxes on this host have a single uid, %s", name, own);
    if (by_default && config.home)
        snprintf(u->home, sizeof u->home, "%s", config.home);
}

/* Needed because the kernel drops capabilities only when root becomes another user. */
static bool drop_capabilities(void) {
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {0};
    return syscall(SYS_capset, &header, none) == 0;
}

static void become(const struct user *u, int status) {
    if (config.single_uid)
        return;
    if (setgroups((size_t)u->ngroups, u->groups) < 0 || setresgid(u->gid, u->gid, u->gid) < 0
        || setresuid(u->uid, u->uid, u->uid) < 0 || (u->uid != 0 && !drop_capabilities()))
        child_fail(status, errno == EAGAIN ? E_LIMIT : E_PERMISSION, "can't become %s: %s", u->name, strerror(errno));
}

/* Runs as the user, so that the kernel checks the user's permissions on the directories. */
static void enter(const char *cwd, const struct user *u, int status) {
    char path[PATH_MAX], message[256];
    enum error_code code;
    if (!expand_path(cwd, u, path, &code, message, sizeof message))
        child_fail(status, code, "%s", message);
    if (chdir(path) == 0 || (!*cwd && chdir("/") == 0))
        return;
    if (errno == ENOENT || errno == ENOTDIR)
        child_fail(status, E_CWD_MISSING, "no such directory: %s", path);
    child_fail(status, code_of_errno(errno), "%s: %s", path, strerror(errno));
}

static void report_cwd(int status) {
    char cwd[PATH_MAX];
    if (!getcwd(cwd, sizeof cwd))
        strcpy(cwd, "/");
    struct out o = {0};
    out_frame(&o, F_PROCESS);
    out_str(&o, cwd, strlen(cwd));
    out_finish(&o);
    if (write(status, o.data, o.len) < 0)
        _exit(EXIT_NOT_STARTED);
    out_free(&o);
}

/* Returns true if an error of execve is final, false if the next directory of PATH should be tried. May replace *error. */
static bool is_final(const char *path, int *error) {
    if (*error == EACCES)
        return false;
    if (*error != ENOENT && *error != ENOTDIR)
        return true;
    struct stat st;
    if (stat(path, &st) < 0)
        return false;
    *error = ENOEXEC; /* the file exists, so its interpreter is missing */
    return true;
}

/* Like execvpe, but does not pass a script without a #! line to a shell. Returns errno. */
static int exec_in_path(char **argv, char **env) {
    if (strchr(argv[0], '/')) {
        execve(argv[0], argv, env);
        int error = errno;
        is_final(argv[0], &error);
        return error;
    }
    int refused = 0;
    const char *end, *dir = environment_value(env, "PATH", "");
    for (; *argv[0]; dir = end + 1) {
        end = strchrnul(dir, ':');
        char path[PATH_MAX];
        int n = snprintf(path, sizeof path, "%.*s%s%s", (int)(end - dir), dir, end > dir ? "/" : "", argv[0]);
        if (n > 0 && n < (int)sizeof path) {
            execve(path, argv, env);
            int error = errno;
            if (is_final(path, &error))
                return error;
            struct stat st;
            if (error == EACCES && stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
                refused = error;
        }
        if (!*end)
            break;
    }
    return refused ? refused : ENOENT;
}

static _Noreturn void exec_failed(const char *name, int error, int status) {
    switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
        child_fail(status, E_COMMAND_NOT_FOUND, "%s: command not found", name);
    case E2BIG:
    case EAGAIN:
    case ENOMEM:
    case EMFILE:
    case ENFILE:
        child_fail(status, E_LIMIT, "%s: %s", name, strerror(error));
    default:
        child_fail(status, E_NOT_EXECUTABLE, "%s: %s", name, strerror(error));
    }
}

_Noreturn void child_exec(const struct command *c, int status) {
    static struct user u;
    look_up(c->user, &u, status);
    if (c->group && *c->group && !find_group(c->group, &u.gid))
        child_fail(status, E_UNKNOWN_USER, "unknown group %s", c->group);
    if (c->pty >= 0 && !pty_enter(c->pty, u.uid))
        child_fail(status, E_IO, "can't open the terminal: %s", strerror(errno));
    if (c->pty >= 0)
        close(c->pty);
    if (c->terminal)
        ioctl(0, TIOCSCTTY, 0);
    become(&u, status);
    if (c->cwd)
        enter(c->cwd, &u, status);
    char **env = make_environment(&u, c->pty >= 0 || c->terminal, c->env);
    report_cwd(status);
    exec_failed(c->argv[0], exec_in_path(c->argv, env), status);
}
