/* test_snapshot AGENT COPIER: tests `snapshot` with real sandboxes. COPIER is the program under test, possibly built with the
 * sanitizers; AGENT makes the sandboxes. Needs what test_launch needs, and a v1 freezer. */
#include "client.h"
#include "launching.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *program, *copier;

static struct command snapshot(int pid, unsigned long long start, const char *to, int timeout_ms) {
    struct command c = {0};
    char words[1024];
    snprintf(words, sizeof words, "agent snapshot --pid %d --start %llu --image copy.img --to %s --cgroup-v1 %s "
             "--timeout-ms %d", pid, start, to, groups[3], timeout_ms);
    add(&c, words);
    return c;
}

static char *copy(const struct command *c, int *code) {
    agent = copier;
    char *line = run(c, code);
    agent = program;
    return line;
}

static bool has_state(const char *state) {
    char path[640], text[16] = "";
    snprintf(path, sizeof path, "%s/freezer.state", groups[3]);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0 && read(fd, text, sizeof text - 1) > 0, "%s is there", path);
    close(fd);
    return strcmp(text, state) == 0;
}

static bool is_frozen(void) { return !has_state("THAWED\n"); }

static void set_state(const char *state) {
    char path[640];
    snprintf(path, sizeof path, "%s/freezer.state", groups[3]);
    make_file(path, state);
}

/* A group can stay FREEZING until the state is written once more: see cgroup_freeze. */
static void freeze(void) {
    do set_state("FROZEN");
    while (!has_state("FROZEN\n") && poll(NULL, 0, 1) == 0);
}

static void write_note(const char *text) {
    struct client p = request_at("s.sock", F_WRITE, "ss414", "note", "", 0ul, 0ul, 0ul);
    CHECK(next_frame(&p).type == F_READY, "a file inside can be written");
    put_frame(&p, F_DATA, text, strlen(text));
    put_frame(&p, F_END, "", 0);
    CHECK(next_frame(&p).type == F_ENTRY, "the file inside is written");
    finish(&p);
}

static bool answers(void) {
    struct client p = request_at("s.sock", F_PING, "");
    bool pong = next_frame(&p).type == F_PONG;
    finish(&p);
    return pong;
}

static bool holds(const char *image, const char *text) {
    char command[256], found[64] = "";
    snprintf(command, sizeof command, "debugfs -R 'cat /home/user/note' %s 2>/dev/null", image);
    FILE *pipe = popen(command, "r");
    size_t n = fread(found, 1, sizeof found - 1, pipe);
    return pclose(pipe) == 0 && n == strlen(text) && strcmp(found, text) == 0;
}

static void expect_copy(const struct sandbox *s, const char *text) {
    struct command c = snapshot(s->pid, s->start, "kept.img", 10000);
    struct stat st;
    int code;
    char *line = copy(&c, &code);
    CHECK(code == 0 && *line == '\0', "the disk is copied: %s", line);
    CHECK(stat("kept.img", &st) == 0 && (st.st_mode & 0777) == 0600, "only the host's user may read the copy");
    CHECK(st.st_size == 64 << 20 && st.st_blocks * 512 < 32 << 20, "the copy keeps the holes");
    CHECK(holds("kept.img", text), "the copy has what was written just before");
    CHECK(unlink("kept.img") == 0, "the copy can be removed");
}

static void expect_failure(const struct command *c, const char *expected) {
    int code;
    char *line = copy(c, &code);
    CHECK(code == 1 && strncmp(line, expected, strlen(expected)) == 0, "the failure is '%s', not: %s", expected, line);
    CHECK(!is_frozen() && !exists("kept.img"), "after a failure the sandbox runs, and there is no copy");
}

static void test_copies(const struct sandbox *s) {
    write_note("one");
    expect_copy(s, "one");
    CHECK(!is_frozen() && answers(), "the sandbox keeps running after a copy");
    write_note("two");
    freeze();
    expect_copy(s, "two");
    CHECK(is_frozen(), "a frozen sandbox stays frozen");
    set_state("THAWED");
    CHECK(answers(), "a sandbox that stayed frozen can be thawed");
}

static void test_failures(const struct sandbox *s) {
    struct command c = snapshot(s->pid, s->start + 1, "kept.img", 10000);
    expect_failure(&c, "gone: ");
    c = snapshot((int)getpid(), s->start, "kept.img", 10000);
    expect_failure(&c, "gone: ");
    c = snapshot(s->pid, s->start, "kept.img", 0);
    expect_failure(&c, "timeout: ");
    c = snapshot(s->pid, s->start, "kept.img", 10000);
    c.arg[c.count - 2] = NULL;
    expect_failure(&c, "usage: ");
    c = snapshot(s->pid, s->start, "kept.img", 10000);
    c.arg[c.count - 3] = "/sys/fs/cgroup/freezer";
    expect_failure(&c, "usage: /sys/fs/cgroup/freezer is not the control group of one sandbox");
    c = snapshot(s->pid, s->start, "kept.img", 10000);
    c.arg[7] = "base.img";
    expect_failure(&c, "io: the sandbox's first process has left its disk");
    make_file("old.img", "old");
    c = snapshot(s->pid, s->start, "old.img", 10000);
    expect_failure(&c, "io: ");
    CHECK(exists("old.img") && unlink("old.img") == 0, "an existing file is neither overwritten nor removed");
    CHECK(mount("tmpfs", "small", "tmpfs", 0, "size=64k") == 0, "a small disk");
    c = snapshot(s->pid, s->start, "small/kept.img", 10000);
    expect_failure(&c, "no_space: ");
    CHECK(!exists("small/kept.img") && umount("small") == 0, "a failed copy leaves nothing on a full disk");
    CHECK(answers(), "the sandbox answers after all failures");
}

static bool waits_for_lock(pid_t pid) {
    char line[256], word[32];
    bool found = false;
    snprintf(word, sizeof word, " %d ", (int)pid);
    FILE *locks = fopen("/proc/locks", "re");
    while (!found && fgets(line, sizeof line, locks) != NULL) found = strstr(line, "->") && strstr(line, word);
    fclose(locks);
    return found;
}

/* A signal also ends the role while it waits for the lock on its output. */
static void test_signal(const struct sandbox *s) {
    int fd = open("lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600), code;
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    CHECK(fd >= 0 && fcntl(fd, F_SETLK, &whole) == 0, "a lock");
    struct command c = snapshot(s->pid, s->start, "kept.img", 10000);
    int output[2];
    CHECK(pipe2(output, O_CLOEXEC) == 0, "a pipe");
    pid_t pid = fork();
    if (pid == 0) {
        dup2(fd, STDOUT_FILENO);
        dup2(output[1], STDERR_FILENO);
        execv(copier, (char *const *)c.arg);
        _exit(127);
    }
    close(output[1]);
    while (!waits_for_lock(pid)) CHECK(alive(pid), "it waits for the lock");
    kill(pid, SIGTERM);
    char *line = collect(pid, output[0], &code);
    CHECK(code == 1 && strncmp(line, "io: locking stdout", 18) == 0, "SIGTERM is a failure: %s", line);
    CHECK(!is_frozen() && !exists("kept.img"), "a copy that was cancelled changes nothing");
    close(fd);
}

int main(int argc, char **argv) {
    CHECK(argc == 3, "test_snapshot AGENT COPIER");
    agent = program = argv[1];
    copier = argv[2];
    if (possible()) make_host();
    if (group_count < 4) {
        puts("test_snapshot: skipped (needs root, bwrap, mkfs.ext4, loop devices and a v1 freezer)");
        return 0;
    }
    struct command c = launch(full, "bwrap", "");
    struct sandbox s = launched(&c);
    test_copies(&s);
    test_failures(&s);
    test_signal(&s);
    CHECK(end(&s, s.start) == 0, "ended");
    unlink("copy.img");
    unlink("s.sock");
    puts("test_snapshot: ok");
    return 0;
}
