/* test_launch AGENT: tests `launch` and `end` with the real program and bubblewrap. Skipped without root and loop devices; uses
 * cgroups only where v1 is mounted and writable. */
#include "client.h"
#include "launching.h"

#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void expect_failure(const struct command *c, const char *expected) {
    int code;
    char *line = run(c, &code), *newline = strchr(line, '\n');
    CHECK(code == 1 && strncmp(line, expected, strlen(expected)) == 0, "the failure is '%s', not: %s", expected, line);
    CHECK(newline != NULL && newline[1] == '\0', "the failure is one line");
    CHECK(!exists("copy.img") && !exists("s.sock") && !loop_left() && groups_empty(), "a failure leaves nothing: %s", line);
}

static void expect_clean(const struct sandbox *s) {
    CHECK(!alive(s->pid), "the first process is gone when `end` returns");
    CHECK(!loop_left(), "the loop device is gone when `end` returns");
    for (size_t i = 0; i < group_count; i++) CHECK(!exists(groups[i]), "the group %s is gone when `end` returns", groups[i]);
    CHECK(unlink("copy.img") == 0 && unlink("s.sock") == 0, "the image is left to the host");
}

static void test_life(void) {
    struct command c = launch(RANGE " --image base.img --image-copy copy.img --stage stage --system usr --real-file etc/passwd", "bwrap", "");
    struct sandbox s = launched(&c);
    struct stat st;
    CHECK(stat("s.sock", &st) == 0 && (st.st_mode & 0777) == 0600, "only the host's user may use the socket");
    struct client p = request_at("s.sock", F_PING, "");
    CHECK(next_frame(&p).type == F_PONG, "the agent answers");
    finish(&p);
    p = request_at("s.sock", F_WRITE, "ss414ss", "note", "", 0ul, 1ul, 1ul, "k", "v");
    CHECK(next_frame(&p).type == F_READY, "a file inside can be written");
    put_frame(&p, F_DATA, "abc", 3);
    put_frame(&p, F_END, "", 0);
    struct entry e = entry_of(next_frame(&p));
    CHECK(e.uid == 1000 && strcmp(e.owner, "user") == 0 && strcmp(e.path, "/home/user/note") == 0, "a new file belongs to the user");
    CHECK(e.size == 3 && e.pairs == 1, "a new file has its contents and metadata");
    finish(&p);
    p = request_at("s.sock", F_STAT, "ss", "/usr/bin/env", "");
    e = entry_of(next_frame(&p));
    CHECK(e.uid == 65534 && e.type == 1, "the host's files belong to nobody");
    finish(&p);
    CHECK(end(&s, s.start + 1) == 0 && alive(s.pid), "a process with another start time is not killed");
    if (group_count > 0) {
        char below[640];
        snprintf(below, sizeof below, "%s/below", groups[0]);
        CHECK(mkdir(below, 0755) == 0 && end(&s, s.start) == 1, "a group with others in it may be the whole machine");
        CHECK(alive(s.pid) && rmdir(below) == 0, "nothing is killed if a group is refused");
    }
    CHECK(end(&s, s.start) == 0, "the sandbox is ended");
    expect_clean(&s);
    CHECK(end(&s, s.start) == 0, "ending an ended sandbox succeeds");
}

static unsigned long base_of(const struct sandbox *s) {
    char path[64];
    unsigned long inside = 1, base = 0;
    snprintf(path, sizeof path, "/proc/%d/uid_map", s->pid);
    FILE *file = fopen(path, "re");
    CHECK(file != NULL && fscanf(file, "%lu %lu", &inside, &base) == 2 && inside == 0, "the sandbox has a uid map");
    fclose(file);
    return base;
}

/* A range is in use while its file is locked. */
static bool is_taken(unsigned long base) {
    char command[128];
    snprintf(command, sizeof command, "flock -n ranges/%lu true", (base - 100000) / 65536);
    return system(command) != 0;
}

/* The files of the disk belong to the shared range, but the sandbox sees them as root's and user's. */
static void test_own_ids(void) {
    struct command c = launch("--ranges ranges " RANGE " --image base.img --image-copy copy.img --stage stage --system usr", "bwrap", "");
    CHECK(mkdir("ranges", 0777) == 0 && chmod("ranges", 0777) == 0, "a directory");
    expect_failure(&c, "io: ranges may be changed by others");
    chmod("ranges", 0700);
    struct sandbox s = launched(&c);
    unsigned long base = base_of(&s);
    CHECK(base > 100000 && (base - 100000) % 65536 == 0 && is_taken(base), "the sandbox has a range of its own, which is taken");
    struct client p = request_at("s.sock", F_STAT, "ss", "/home/user", "");
    CHECK(entry_of(next_frame(&p)).uid == 1000, "the disk's files keep their owners");
    finish(&p);
    p = request_at("s.sock", F_STAT, "ss", "/usr/bin/env", "");
    CHECK(entry_of(next_frame(&p)).uid == 0, "the host's files belong to root");
    finish(&p);
    p = request_at("s.sock", F_WRITE, "ss414", "/usr/bin/agent-test", "root", 0755ul, 0ul, 0ul);
    CHECK(next_frame(&p).type == F_READY, "root may add files to the host's directories");
    put_frame(&p, F_END, "", 0);
    CHECK(entry_of(next_frame(&p)).uid == 0 && !exists("/usr/bin/agent-test"), "the added file exists in the sandbox only");
    finish(&p);
    CHECK(end(&s, s.start) == 0 && !is_taken(base), "the range is free after the sandbox's end");
    expect_clean(&s);
    make_groups();
}

/* In a frozen group, SIGKILL takes effect only after the group is thawed. */
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

/* The unified hierarchy can kill and freeze even without any controller. */
static void test_unified(void) {
    static const char *mounts[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"};
    char dir[128] = "";
    for (size_t i = 0; i < 2 && dir[0] == '\0'; i++) {
        snprintf(dir, sizeof dir, "%s/cgroup.controllers", mounts[i]);
        bool there = exists(dir);
        snprintf(dir, sizeof dir, "%s/agent-test-%d", mounts[i], (int)getpid());
        if (!there || mkdir(dir, 0755) != 0) dir[0] = '\0';
    }
    if (dir[0] == '\0') {
        puts("test_launch: no unified hierarchy that may be written");
        return;
    }
    group_count = 0;
    char options[512], path[640], text[64] = "";
    snprintf(options, sizeof options, "%s --cgroup-v2 %s", full, dir);
    struct command c = launch(options, "bwrap", "");
    struct sandbox s = launched(&c);
    snprintf(path, sizeof path, "%s/cgroup.procs", dir);
    FILE *file = fopen(path, "re");
    CHECK(file != NULL && fgets(text, sizeof text, file) != NULL && atoi(text) == s.pid, "the agent is in the group");
    CHECK(fgets(text, sizeof text, file) == NULL, "no other process is in the group");
    fclose(file);
    snprintf(path, sizeof path, "%s/cgroup.freeze", dir);
    make_file(path, "1");
    struct command e = {0};
    snprintf(options, sizeof options, "agent end --pid %d --start %llu --cgroup-v2 %s --timeout-ms 3000", s.pid, s.start, dir);
    add(&e, options);
    int code;
    char *line = run(&e, &code);
    CHECK(code == 0 && !alive(s.pid) && !exists(dir), "a frozen sandbox is ended, and its group removed: %s", line);
    CHECK(unlink("copy.img") == 0 && unlink("s.sock") == 0, "the image is left to the host");
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
    c = launch("--ranges . " RANGE, "bwrap", "");
    expect_failure(&c, "usage: --real-file, --programs, --system, --layer and --ranges need --stage");
    c = launch(RANGE " --image base.img --image-copy copy.img --stage stage --system ../etc", "bwrap", "");
    expect_failure(&c, "usage: ");
    c = launch(RANGE " --image base.img --image-copy copy.img --stage stage --programs linked", "bwrap", "");
    expect_failure(&c, "image: the disk has no directory /linked");
    c = launch("--uid-base 0 --uid-count 65536", "bwrap", "");
    expect_failure(&c, "usage: ");
    c = launch("--uid-base 4294967290 --uid-count 65536", "bwrap", "");
    expect_failure(&c, "usage: ");
    c = launch(RANGE " --image nothing --image-copy copy.img --stage stage", "bwrap", "");
    expect_failure(&c, "io: opening the disk image nothing");
    c = launch(RANGE " --image passwd --image-copy copy.img --stage stage", "bwrap", "");
    expect_failure(&c, "io: mounting the disk image");
    c = launch("--image base.img --image-copy copy.img --stage stage", "bwrap", "");
    expect_failure(&c, "usage: --stage needs --uid-base");
    c = launch(RANGE " --dnsmasq dnsmasq --dnsmasq-config d.conf --nginx nginx", "bwrap", "");
    expect_failure(&c, "usage: --dnsmasq, --dnsmasq-config, --nginx and --nginx-config go together");
    c = launch(RANGE " --dnsmasq a --dnsmasq-config b --nginx c --nginx-config d", "bwrap", "");
    expect_failure(&c, "usage: --dnsmasq and --nginx need --network-rules");
    const char *unreal[] = {"nothing", "etc", "etc/link", "linked/passwd", "../passwd"};
    for (size_t i = 0; i < sizeof unreal / sizeof *unreal; i++) {
        char options[256];
        snprintf(options, sizeof options, "%s --real-file %s", full, unreal[i]);
        c = launch(options, "bwrap", "");
        expect_failure(&c, "image: the disk has no regular file /");
    }
    make_file("copy.img", "old");
    int code;
    c = launch(full, "bwrap", "");
    CHECK(strncmp(run(&c, &code), "io: ", 4) == 0 && code == 1, "an old image is not overwritten");
    CHECK(exists("copy.img"), "an old image is not removed");
    unlink("copy.img");
    c = launch(RANGE " --image base.img --image-copy small/copy.img --stage stage", "bwrap", "");
    CHECK(mount("tmpfs", "small", "tmpfs", 0, "size=4k") == 0, "a small disk");
    expect_failure(&c, "no_space: ");
    CHECK(!exists("small/copy.img") && umount("small") == 0, "a failed copy leaves nothing on a full disk");
}

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool sleeper_left(void) {
    return system("ps -eo stat,args | grep -v '^Z' | grep -q '[s]leep 98765'") == 0;
}

/* bubblewrap hangs, and has children that outlive it. */
static void test_hanging(void) {
    make_script("#!/bin/sh\n(sleep 98765 &)\nsetsid sleep 98765 &\nsleep 98765\n");
    struct command c = launch(full, "./fake", "");
    for (size_t i = 0; i < c.count; i++) {
        if (strcmp(c.arg[i], "4000") == 0) c.arg[i] = "300";
    }
    int64_t before = now_ms();
    expect_failure(&c, "timeout: bubblewrap did not answer in time");
    CHECK(now_ms() - before < 2000 && !sleeper_left(), "a timeout kills everything");
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
    CHECK(!sleeper_left() && !exists("copy.img") && !loop_left() && groups_empty(), "SIGTERM leaves nothing");
}

/* The launcher is killed at many moments. bubblewrap may be running already and must not start the sandbox on the host's directory instead
 * of the disk: bubblewrap ends because nobody writes its uid map, or the agent ends because nobody reads its report. `end` kills the
 * rest. */
static void test_killed(void) {
    for (int us = 0; us < 12000; us += 400) {
        make_groups();
        if (group_count == 0) return;
        struct command c = launch(full, "bwrap", "");
        int output, status;
        pid_t pid = start(&c, &output);
        usleep((useconds_t)us);
        kill(pid, SIGKILL);
        CHECK(waitpid(pid, &status, 0) == pid, "killed after %d us", us);
        close(output);
        struct command e = {0};
        add(&e, "agent end --timeout-ms 3000");
        add_groups(&e);
        int code;
        char *line = run(&e, &code);
        CHECK(code == 0, "what is left is ended after %d us: %s", us, line);
        for (int i = 0; loop_left() && i < 1000; i++) usleep(1000); /* the last mount disappears after the last process */
        CHECK(!loop_left() && system("findmnt -n stage") != 0, "nothing is left after %d us", us);
        unlink("copy.img");
        unlink("s.sock");
    }
}

/* The sandbox of a plain user has no range of uids: bubblewrap maps the single uid of the user. */
static void test_rootless(void) {
    CHECK(system("mkdir -p plain/root/usr plain/root/proc plain/root/dev && ln -s usr/lib64 plain/root/lib64 && ln -s usr/lib plain/root/lib && "
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
        CHECK(next_frame(&p).type == F_READY, "a file can be written as another user");
        put_frame(&p, F_END, "", 0);
        CHECK(entry_of(next_frame(&p)).uid == 0, "the file belongs to the single user");
        finish(&p);
        group_count = 0;
        CHECK(end(&s, s.start) == 0 && !alive(s.pid), "a plain user's sandbox is ended");
        exit(0);
    }
    CHECK(waitpid(pid, &status, 0) == pid && status == 0, "a plain user can have a sandbox");
}

int main(int argc, char **argv) {
    CHECK(argc == 2, "test_launch AGENT");
    agent = argv[1];
    if (!possible()) {
        puts("test_launch: skipped (needs root, bwrap, mkfs.ext4 and loop devices)");
        return 0;
    }
    make_host();
    test_life();
    make_groups();
    test_own_ids();
    test_failures();
    test_hanging();
    test_frozen();
    test_unified();
    test_killed();
    test_rootless();
    puts("test_launch: ok");
    return 0;
}
