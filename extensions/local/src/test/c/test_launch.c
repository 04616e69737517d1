/* `launch` and `end` with the real program and bubblewrap: test_launch AGENT. Needs root and loop devices, and is left
 * out without; cgroups only where v1 is mounted and may be written. */
#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_ARGS = 128 };

static const char *agent, *top;
static char groups[4][128];
static size_t group_count;

struct sandbox {
    int pid, monitor;
    unsigned long long start, monitor_start;
};

struct command {
    const char *arg[MAX_ARGS];
    size_t count;
};

static void add(struct command *c, const char *words) {
    char *copy = strdup(words);
    for (char *word; (word = strsep(&copy, " ")) != NULL;) {
        if (*word != '\0') c->arg[c->count++] = word;
    }
    CHECK(c->count < MAX_ARGS, "few arguments");
}

static void add_groups(struct command *c) {
    for (size_t i = 0; i < group_count; i++) {
        c->arg[c->count++] = "--cgroup-v1";
        c->arg[c->count++] = groups[i];
    }
}

static pid_t start(const struct command *c, int *output) {
    int pair[2];
    CHECK(pipe2(pair, O_CLOEXEC) == 0, "a pipe");
    pid_t pid = fork();
    if (pid == 0) {
        dup2(pair[1], STDOUT_FILENO);
        dup2(pair[1], STDERR_FILENO);
        execv(agent, (char *const *)c->arg);
        _exit(127);
    }
    close(pair[1]);
    *output = pair[0];
    return pid;
}

/* What the command printed; the end of its output also means that nothing it started has the pipe. */
static char *collect(pid_t pid, int output, int *code) {
    static char text[4096];
    size_t n = 0;
    for (ssize_t got; n < sizeof text - 1 && (got = read(output, text + n, sizeof text - 1 - n)) > 0;) n += (size_t)got;
    text[n] = '\0';
    close(output);
    int status;
    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status), "the command ends");
    *code = WEXITSTATUS(status);
    return text;
}

static char *run(const struct command *c, int *code) {
    int output;
    pid_t pid = start(c, &output);
    return collect(pid, output, code);
}

static const char *default_bwrap =
    "--unshare-user --unshare-all --uid 0 --gid 0 --bind stage / --ro-bind /usr /usr --proc /proc --dev /dev "
    "--tmpfs /dev/shm --remount-ro /dev --as-pid-1 --new-session --hostname sandbox --clearenv --cap-add CAP_CHOWN "
    "--cap-add CAP_DAC_OVERRIDE --cap-add CAP_FOWNER --cap-add CAP_KILL --cap-add CAP_SETGID --cap-add CAP_SETUID";
static const char *init = "-- --listen 3 --ready 4 --deadline-ms 60000";
#define RANGE "--uid-base 100000 --uid-count 65536"
static const char *full = RANGE " --image base.img --image-copy copy.img --stage stage";

static struct command launch(const char *options, const char *bwrap, const char *more) {
    struct command c = {0};
    char words[2048];
    snprintf(words, sizeof words, "agent launch --socket s.sock %s", options);
    add(&c, words);
    add_groups(&c);
    snprintf(words, sizeof words, "--timeout-ms 4000 --bwrap %s %s %s %s", bwrap, default_bwrap, more, init);
    add(&c, words);
    return c;
}

static struct sandbox launched(const struct command *c) {
    struct sandbox s = {0};
    int code;
    char *line = run(c, &code);
    CHECK(code == 0 && sscanf(line, "{\"pid\":%d,\"pidStart\":%llu,\"monitorPid\":%d,\"monitorStart\":%llu}\n", &s.pid,
                              &s.start, &s.monitor, &s.monitor_start) == 4, "launch tells what it started: %s", line);
    return s;
}

static int end(const struct sandbox *s, unsigned long long start) {
    struct command c = {0};
    char words[512];
    snprintf(words, sizeof words, "agent end --pid %d --start %llu --pid %d --start %llu --timeout-ms 3000", s->pid,
             start, s->monitor, start == s->start ? s->monitor_start : start);
    add(&c, words);
    if (start == s->start) add_groups(&c);
    int code;
    char *line = run(&c, &code);
    CHECK(code == 0 || strncmp(line, "usage: ", 7) == 0, "end ends: %s", line);
    return code;
}

static bool alive(int pid) {
    char path[64], text[512] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    if (read(fd, text, sizeof text - 1) <= 0) text[0] = '\0';
    close(fd);
    char *state = strrchr(text, ')');
    return state != NULL && state[2] != 'Z'; /* the host's init may be slow to reap */
}

/* No loop device has our image behind it; a clearing one shows "(deleted)" or nothing. */
static bool loop_left(void) {
    for (int i = 0; i < 64; i++) {
        char path[64], text[512] = "";
        snprintf(path, sizeof path, "/sys/block/loop%d/loop/backing_file", i);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0) continue;
        if (read(fd, text, sizeof text - 1) <= 0) text[0] = '\0';
        close(fd);
        if (strncmp(text, top, strlen(top)) == 0) return true;
    }
    return false;
}

static bool groups_empty(void) {
    for (size_t i = 0; i < group_count; i++) {
        char path[640], byte;
        snprintf(path, sizeof path, "%s/cgroup.procs", groups[i]);
        int fd = open(path, O_RDONLY | O_CLOEXEC);
        bool empty = fd < 0 || read(fd, &byte, 1) <= 0;
        close(fd);
        if (!empty) return false;
    }
    return true;
}

static bool exists(const char *path) {
    struct stat st;
    return lstat(path, &st) == 0;
}

static void make_groups(void) {
    static const char *controller[] = {"memory", "pids", "cpu", "freezer"};
    group_count = 0;
    for (size_t i = 0; i < 4; i++) {
        char *dir = groups[group_count];
        snprintf(dir, sizeof groups[0], "/sys/fs/cgroup/%s/agent-test-%d", controller[i], (int)getpid());
        char tasks[640];
        snprintf(tasks, sizeof tasks, "%s/tasks", dir);
        if ((mkdir(dir, 0755) == 0 || errno == EEXIST) && access(tasks, W_OK) == 0) group_count++;
        else rmdir(dir);
    }
}

static void clean_up(void) {
    umount2("small", MNT_DETACH);
    for (size_t i = 0; i < group_count; i++) rmdir(groups[i]);
}

static void expect_failure(const struct command *c, const char *expected) {
    int code;
    char *line = run(c, &code), *newline = strchr(line, '\n');
    CHECK(code == 1 && strncmp(line, expected, strlen(expected)) == 0, "'%s' is told, not: %s", expected, line);
    CHECK(newline != NULL && newline[1] == '\0', "in one line");
    CHECK(!exists("copy.img") && !exists("s.sock") && !loop_left() && groups_empty(), "and nothing is left: %s", line);
}

static void expect_clean(const struct sandbox *s) {
    CHECK(!alive(s->pid) && !alive(s->monitor), "the processes are gone when `end` returns");
    CHECK(!loop_left(), "and the loop device");
    for (size_t i = 0; i < group_count; i++) CHECK(!exists(groups[i]), "%s is gone", groups[i]);
    CHECK(unlink("copy.img") == 0 && unlink("s.sock") == 0, "the image is left to the host");
}

static void test_life(void) {
    struct command c = launch(full, "bwrap", "");
    struct sandbox s = launched(&c);
    struct stat st;
    CHECK(stat("s.sock", &st) == 0 && (st.st_mode & 0777) == 0600, "the socket is the host's user's");
    struct client p = request_at("s.sock", F_PING, "");
    CHECK(next_frame(&p).type == F_PONG, "the agent answers");
    finish(&p);
    p = request_at("s.sock", F_WRITE, "ss414ss", "note", "", 0ul, 1ul, 1ul, "k", "v");
    CHECK(next_frame(&p).type == F_READY, "a file inside");
    put_frame(&p, F_DATA, "abc", 3);
    put_frame(&p, F_END, "", 0);
    struct entry e = entry_of(next_frame(&p));
    CHECK(e.uid == 1000 && strcmp(e.owner, "user") == 0 && strcmp(e.path, "/home/user/note") == 0, "the user's file");
    CHECK(e.size == 3 && e.pairs == 1, "with contents and metadata");
    finish(&p);
    p = request_at("s.sock", F_STAT, "ss", "/usr/bin/env", "");
    e = entry_of(next_frame(&p));
    CHECK(e.uid == 65534 && e.type == 1, "the host's files are nobody's");
    finish(&p);
    CHECK(end(&s, s.start + 1) == 0 && alive(s.pid) && alive(s.monitor), "a process of another time is left alone");
    if (group_count > 0) {
        char below[640];
        snprintf(below, sizeof below, "%s/below", groups[0]);
        CHECK(mkdir(below, 0755) == 0 && end(&s, s.start) == 1, "a group with others in it may be the whole machine");
        CHECK(alive(s.pid) && rmdir(below) == 0, "and nothing is killed then");
    }
    CHECK(end(&s, s.start) == 0, "ended");
    expect_clean(&s);
    CHECK(end(&s, s.start) == 0, "absent is success");
}

/* SIGKILL waits in a frozen group until it is thawed. */
static void test_frozen(void) {
    make_groups();
    if (group_count < 4) return;
    struct command c = launch(full, "bwrap", "");
    struct sandbox s = launched(&c);
    char path[640];
    snprintf(path, sizeof path, "%s/freezer.state", groups[3]);
    make_file(path, "FROZEN");
    CHECK(end(&s, s.start) == 0, "a frozen sandbox is ended");
    expect_clean(&s);
    make_groups();
}

static void make_script(const char *text) {
    make_file("fake", text);
    chmod("fake", 0755);
}

static void test_failures(void) {
    struct command c = launch(full, "/nonexistent/bwrap", "");
    expect_failure(&c, "bwrap_missing: ");
    c = launch(full, "bwrap", "--no-such-option");
    expect_failure(&c, "bwrap_failed: bubblewrap made no sandbox: bwrap: Unknown option");
    c = launch(full, "bwrap", "--bind /nonexistent /x");
    expect_failure(&c, "bwrap_failed: the sandbox ended before its agent answered: bwrap: Can't find source");
    c = launch(RANGE " --cgroup-v1 /sys/fs/cgroup/nowhere", "bwrap", "");
    expect_failure(&c, "cgroup: /sys/fs/cgroup/nowhere");
    c = launch("", "bwrap", "");
    expect_failure(&c, "usage: ");
    c = launch("--uid-base 0 --uid-count 65536", "bwrap", "");
    expect_failure(&c, "usage: ");
    c = launch("--uid-base 4294967290 --uid-count 65536", "bwrap", "");
    expect_failure(&c, "usage: ");
    c = launch(RANGE " --image nothing --image-copy copy.img --stage stage", "bwrap", "");
    expect_failure(&c, "io: opening the disk image nothing");
    c = launch(RANGE " --image passwd --image-copy copy.img --stage stage", "bwrap", "");
    expect_failure(&c, "io: mounting the disk image");
    make_file("copy.img", "old");
    int code;
    c = launch(full, "bwrap", "");
    CHECK(strncmp(run(&c, &code), "io: ", 4) == 0 && code == 1, "an old image is not overwritten");
    CHECK(exists("copy.img"), "nor removed");
    unlink("copy.img");
    c = launch(RANGE " --image base.img --image-copy small/copy.img --stage stage", "bwrap", "");
    CHECK(mount("tmpfs", "small", "tmpfs", 0, "size=4k") == 0, "a small disk");
    expect_failure(&c, "no_space: ");
    CHECK(!exists("small/copy.img") && umount("small") == 0, "and nothing on it");
}

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool sleeper_left(void) {
    return system("ps -eo stat,args | grep -v '^Z' | grep -q '[s]leep 98765'") == 0;
}

/* A bubblewrap that hangs, and has children that outlive it. */
static void test_hanging(void) {
    make_script("#!/bin/sh\n(sleep 98765 &)\nsetsid sleep 98765 &\nsleep 98765\n");
    struct command c = launch(full, "./fake", "");
    for (size_t i = 0; i < c.count; i++) {
        if (strcmp(c.arg[i], "4000") == 0) c.arg[i] = "300";
    }
    int64_t before = now_ms();
    expect_failure(&c, "timeout: no word from bubblewrap");
    CHECK(now_ms() - before < 2000 && !sleeper_left(), "all is killed at the end of the time");
    c = launch(full, "./fake", "");
    int output, code;
    pid_t pid = start(&c, &output);
    usleep(200000);
    kill(pid, SIGINT);
    kill(pid, SIGHUP);
    usleep(50000);
    CHECK(alive(pid), "SIGINT and SIGHUP are ignored");
    kill(pid, SIGTERM);
    CHECK(strncmp(collect(pid, output, &code), "io: terminated", 14) == 0 && code == 1, "SIGTERM is a failure");
    CHECK(!sleeper_left() && !exists("copy.img") && !loop_left() && groups_empty(), "and cleans up");
}

/* Without a range, as a plain user: bubblewrap maps the one uid. */
static void test_rootless(void) {
    CHECK(system("mkdir -p plain/root/usr plain/root/proc plain/root/dev && ln -s usr/lib64 plain/root/lib64 && "
                 "chown -R 65534:65534 plain") == 0, "a directory");
    struct command c = {0};
    add(&c, "agent launch --socket plain/s.sock --timeout-ms 4000 --bwrap bwrap --unshare-user --unshare-all --uid 0 "
            "--gid 0 --bind plain/root / --ro-bind /usr /usr --proc /proc --dev /dev --as-pid-1 --new-session "
            "--clearenv -- --listen 3 --ready 4 --deadline-ms 60000 --single-uid");
    int status;
    pid_t pid = fork();
    if (pid == 0) {
        CHECK(setresgid(65534, 65534, 65534) == 0 && setresuid(65534, 65534, 65534) == 0, "a plain user");
        struct sandbox s = launched(&c);
        struct client p = request_at("plain/s.sock", F_WRITE, "ss414", "/x/y", "12", 0ul, 0ul, 0ul);
        CHECK(next_frame(&p).type == F_READY, "files of other users are the sandbox's own");
        put_frame(&p, F_END, "", 0);
        CHECK(entry_of(next_frame(&p)).uid == 0, "as there is but one");
        finish(&p);
        group_count = 0;
        CHECK(end(&s, s.start) == 0 && !alive(s.pid), "ended");
        exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == 0, "a plain user can have a sandbox");
}

static bool possible(void) {
    bool tools = system("command -v bwrap > /dev/null && command -v mkfs.ext4 > /dev/null") == 0;
    return tools && getuid() == 0 && access("/dev/loop-control", W_OK) == 0;
}

int main(int argc, char **argv) {
    CHECK(argc == 2, "test_launch AGENT");
    agent = argv[1];
    if (!possible()) {
        puts("test_launch: left out (needs root, bwrap, mkfs.ext4 and loop devices)");
        return 0;
    }
    top = fresh_directory(false);
    CHECK(system("mkdir stage small && mkdir -p root/usr root/proc root/dev root/etc root/home/user && cd root && "
                 "ln -s usr/bin bin && ln -s usr/lib lib && ln -s usr/lib64 lib64 && "
                 "echo 'root:x:0:0::/root:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh' > etc/passwd && "
                 "chown -R 100000:100000 . && chown 101000:101000 home/user && cd .. && cp /etc/passwd passwd && "
                 "mkfs.ext4 -q -O ^has_journal,^resize_inode -E lazy_itable_init=1,nodiscard,root_owner=100000:100000 "
                 "-m 0 -d root base.img 64M > /dev/null 2>&1") == 0, "an image");
    make_groups();
    atexit(clean_up);
    test_life();
    make_groups();
    test_failures();
    test_hanging();
    test_frozen();
    test_rootless();
    puts("test_launch: ok");
    return 0;
}
