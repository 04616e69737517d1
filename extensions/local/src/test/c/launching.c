#include "launching.h"

#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

const char *agent, *top;
char groups[4][128];
size_t group_count;

void add(struct command *c, const char *words) {
    char *copy = strdup(words);
    for (char *word; (word = strsep(&copy, " ")) != NULL;) {
        if (*word != '\0') c->arg[c->count++] = word;
    }
    CHECK(c->count < MAX_ARGS, "few arguments");
}

void add_groups(struct command *c) {
    for (size_t i = 0; i < group_count; i++) {
        c->arg[c->count++] = "--cgroup-v1";
        c->arg[c->count++] = groups[i];
    }
}

pid_t start(const struct command *c, int *output) {
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

char *collect(pid_t pid, int output, int *code) {
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

char *run(const struct command *c, int *code) {
    int output;
    pid_t pid = start(c, &output);
    return collect(pid, output, code);
}

static const char *const default_bwrap =
    "--unshare-user --unshare-all --uid 0 --gid 0 --bind stage/root / --proc /proc --dev-bind stage/dev /dev "
    "--tmpfs /dev/shm --as-pid-1 --new-session --hostname sandbox --clearenv --cap-add CAP_CHOWN "
    "--cap-add CAP_DAC_OVERRIDE --cap-add CAP_FOWNER --cap-add CAP_KILL --cap-add CAP_SETGID --cap-add CAP_SETUID";
static const char *const init = "-- --listen 3 --ready 4 --deadline-ms 60000";
const char *const full = RANGE " --image base.img --image-copy copy.img --stage stage --system usr";

struct command launch(const char *options, const char *bwrap, const char *more) {
    struct command c = {0};
    char words[2048];
    snprintf(words, sizeof words, "agent launch --socket s.sock %s", options);
    add(&c, words);
    add_groups(&c);
    snprintf(words, sizeof words, "--timeout-ms 4000 --bwrap %s %s %s %s", bwrap, default_bwrap, more, init);
    add(&c, words);
    return c;
}

struct sandbox launched(const struct command *c) {
    struct sandbox s = {0};
    int code;
    char *line = run(c, &code);
    CHECK(code == 0 && sscanf(line, "{\"pid\":%d,\"pidStart\":%llu}\n", &s.pid, &s.start) == 2,
          "launch tells what it started: %s", line);
    return s;
}

int end(const struct sandbox *s, unsigned long long start) {
    struct command c = {0};
    char words[512];
    snprintf(words, sizeof words, "agent end --pid %d --start %llu --timeout-ms 3000", s->pid, start);
    add(&c, words);
    if (start == s->start) add_groups(&c);
    int code;
    char *line = run(&c, &code);
    CHECK(code == 0 || strncmp(line, "usage: ", 7) == 0, "end ends: %s", line);
    return code;
}

bool alive(int pid) {
    char path[64], text[512] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return false;
    if (read(fd, text, sizeof text - 1) <= 0) text[0] = '\0';
    close(fd);
    char *state = strrchr(text, ')');
    return state != NULL && state[2] != 'Z'; /* a zombie is dead: the host's init may be slow to reap it */
}

/* Reads the backing files in /sys. A device that is being cleared shows "(deleted)" or nothing. */
bool loop_left(void) {
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

bool groups_empty(void) {
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

bool exists(const char *path) {
    struct stat st;
    return lstat(path, &st) == 0;
}

void make_groups(void) {
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

void clean_up(void) {
    umount2("small", MNT_DETACH);
    for (size_t i = 0; i < group_count; i++) rmdir(groups[i]);
}

bool possible(void) {
    bool tools = system("command -v bwrap > /dev/null && command -v mkfs.ext4 > /dev/null") == 0;
    return tools && getuid() == 0 && access("/dev/loop-control", W_OK) == 0;
}

void make_host(void) {
    top = fresh_directory(false);
    CHECK(system("mkdir stage small && mkdir -p root/usr root/proc root/dev root/etc root/home/user && cd root && "
                 "ln -s usr/bin bin && ln -s usr/lib lib && ln -s usr/lib64 lib64 && "
                 "echo 'root:x:0:0::/root:/bin/sh\nuser:x:1000:1000::/home/user:/bin/sh' > etc/passwd && "
                 "ln -s passwd etc/link && ln -s etc linked && chown -R 100000:100000 . && chown 101000:101000 home/user && cd .. && cp /etc/passwd passwd && "
                 "mkfs.ext4 -q -O ^has_journal,^resize_inode -E lazy_itable_init=1,nodiscard,root_owner=100000:100000 "
                 "-m 0 -d root base.img 64M > /dev/null 2>&1") == 0, "an image");
    make_groups();
    atexit(clean_up);
}
