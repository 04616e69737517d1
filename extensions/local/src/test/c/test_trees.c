/* Tests REMOVE, MOVE and LIST_DIR with large, deep and changing trees. */
#include "client.h"
#include "files/names.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

static const char *top;
static bool root;

static const char *in_top(const char *name) {
    static char buffer[8][PATH_MAX];
    static unsigned next;
    char *p = buffer[next++ % 8];
    snprintf(p, PATH_MAX, "%s/%s", top, name);
    return p;
}

static bool exists(const char *name) {
    struct stat st;
    return lstat(name, &st) == 0;
}

static int remove_it(const char *name) {
    return error_of(request(F_REMOVE, "ss", in_top(name), ""));
}

static int move(const char *from, const char *to) {
    return error_of(request(F_MOVE, "sss", in_top(from), in_top(to), ""));
}

static void make_deep(const char *name, int levels, const char *step) {
    int here = open(".", O_RDONLY | O_CLOEXEC);
    CHECK(mkdir(name, 0755) == 0 && chdir(name) == 0, "%s", name);
    for (int i = 0; i < levels; i++) {
        CHECK(mkdir(step, 0755) == 0 && chdir(step) == 0, "level %d", i);
        if (i % 100 == 0) make_file("leaf", "x");
    }
    CHECK(fchdir(here) == 0, "back");
    close(here);
}

static void test_remove(void) {
    make_file("file", "x");
    mkdir("kept", 0755);
    make_file("kept/file", "x");
    CHECK(remove_it("file") == 0 && !exists("file"), "a file is removed");
    CHECK(remove_it("file") == 0 && remove_it("none/none") == 0 && remove_it("kept/file/x") == 0, "removing what does not exist succeeds");
    mkdir("tree", 0755);
    CHECK(symlink("../kept", "tree/link") == 0 && symlink("kept", "link") == 0, "links");
    mkfifo("tree/fifo", 0600);
    mkdir("tree/sub", 0);
    mkdir("tree/sub2", 0755);
    make_file("tree/sub2/\xff\n", "");
    CHECK(remove_it("tree") == 0 && !exists("tree"), "a tree is removed");
    CHECK(remove_it("link/") == 0 && !exists("link") && exists("kept/file"), "links are not followed");
    CHECK(error_of(request(F_REMOVE, "ss", "/", "")) == E_INVALID, "the root is not removed");
    CHECK(remove_it("kept/..") == E_INVALID && exists("kept"), "a path that ends in .. is not removed");
}

static void test_deep(void) {
    make_deep("deep", 10000, "d");
    struct rlimit old, few = {.rlim_cur = 100, .rlim_max = 0};
    getrlimit(RLIMIT_NOFILE, &old);
    few.rlim_max = old.rlim_max;
    setrlimit(RLIMIT_NOFILE, &few);
    CHECK(error_of(request(F_LIST_DIR, "ss4", in_top("deep"), "", 100000ul)) == 0, "listing starts");
    CHECK(remove_it("deep") == 0 && !exists("deep"), "10000 levels are removed with 100 descriptors");
    setrlimit(RLIMIT_NOFILE, &old);
    static char name[201];
    memset(name, 'n', 200);
    make_deep("deep", 300, name); /* 60000 bytes of path */
    struct client c = request(F_LIST_DIR, "ss4", in_top("deep"), "", UINT64_MAX);
    struct frame f;
    while ((f = next_frame(&c)).type == F_ENTRY) free(f.payload);
    CHECK(f.type == F_ERROR && f.payload[1] == E_TOO_LONG, "a listing of paths that are too long fails with too_long");
    finish(&c);
    CHECK(remove_it("deep") == 0 && !exists("deep"), "paths that are too long can be removed");
}

static void test_wide(void) {
    mkdir("wide", 0755);
    char name[64];
    for (int i = 0; i < 20000; i++) {
        snprintf(name, sizeof name, "wide/%d", i * 7919 % 20000);
        if (i % 20 == 0) {
            mkdir(name, 0755);
            strcat(name, "/f");
        }
        make_file(name, "");
    }
    struct client c = request(F_LIST_DIR, "ss4", in_top("wide"), "", 1ul);
    size_t n = 0;
    char last[64] = "";
    struct frame f;
    while ((f = next_frame(&c)).type == F_ENTRY) {
        struct entry e = entry_of(f);
        CHECK(strcmp(last, e.name) < 0, "names are in order");
        snprintf(last, sizeof last, "%s", e.name);
        n++;
    }
    CHECK(f.type == F_END && n == 20000, "20000 names");
    finish(&c);
    c = request(F_LIST_DIR, "ss4", in_top("wide"), "", 1ul);
    CHECK(next_frame(&c).type == F_ENTRY, "a listing starts");
    finish(&c); /* the worker must notice that its client has gone */
    CHECK(remove_it("wide") == 0 && !exists("wide"), "20000 entries are removed");
}

/* Another process fills the tree while it is removed. */
static void test_changing(void) {
    mkdir("busy", 0755);
    pid_t pid = fork();
    if (pid == 0) {
        char name[64];
        for (unsigned i = 0;; i++) {
            snprintf(name, sizeof name, "busy/%u", i % 50);
            if (mkdir("busy", 0755) == 0) continue;
            mkdir(name, 0755);
            strcat(name, "/f");
            close(open(name, O_CREAT | O_WRONLY, 0600));
        }
    }
    for (int i = 0; i < 20; i++) {
        int code = remove_it("busy");
        CHECK(code == 0 || code == E_NOT_EMPTY, "it is removed, or not empty: %d", code);
    }
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
    CHECK(remove_it("busy") == 0 && !exists("busy"), "a tree that no longer changes is removed");
}

/* The way up is "..", which leads out of the tree after a move. */
static void test_moved_away(void) {
    struct file_id above;
    CHECK(mkdir("walk", 0755) == 0 && mkdir("walk/down", 0755) == 0, "directories");
    int dir = open("walk", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CHECK(file_id_of(dir, &above), "a place");
    int down = go_down(dir, "down", true);
    CHECK(down >= 0 && (dir = go_up(down, &above)) >= 0, "the walk goes down and up");
    down = go_down(dir, "down", true);
    CHECK(rename("walk/down", "away") == 0, "moved away");
    CHECK(go_up(down, &above) < 0 && errno == ESTALE, "the walk stops at a directory that was moved");
    CHECK(symlink("../away", "walk/link") == 0 && go_down(dir, "link", false) < 0, "the walk does not follow links");
    close(dir);
}

static void test_abort(void) {
    make_deep("slow", 10000, "d");
    struct client c = request(F_REMOVE, "ss", in_top("slow"), "");
    finish(&c);
    CHECK(exists("slow"), "a worker without a client stops");
    CHECK(remove_it("slow") == 0, "another request removes the rest");
}

static void test_mount_points(void) {
    if (!root) return;
    mkdir("bound", 0755);
    mkdir("bound/at", 0755);
    make_file("kept/below", "x");
    CHECK(mount("kept", "bound/at", NULL, MS_BIND, NULL) == 0, "a bind mount of the same file system");
    CHECK(remove_it("bound") == E_PERMISSION && exists("kept/below"), "removal stops at a mount point");
    CHECK(remove_it("bound/at") == E_PERMISSION && exists("kept/below"), "a mount point is not removed even if the request names it");
    umount("bound/at");
    CHECK(remove_it("bound") == 0, "without the mount, the tree is removed");
}

static void test_move(void) {
    make_file("a", "one");
    make_file("b", "two");
    CHECK(move("a", "b") == 0 && !exists("a") && exists("b"), "files are overwritten");
    CHECK(move("b", "new/dir/b") == 0 && exists("new/dir/b"), "a move makes missing parents");
    CHECK(move("none", "other/dir/x") == E_NOT_FOUND && !exists("other"), "a move of a missing source makes no parents");
    CHECK(move("new", "new/dir/below") == E_INVALID, "a directory is not moved into itself");
    mkdir("full", 0755);
    make_file("full/x", "");
    CHECK(move("new", "full") == E_NOT_EMPTY && move("full/x", "new") == E_IS_A_DIRECTORY, "directories with content are not replaced");
    CHECK(move("new", "full/x") == E_NOT_A_DIRECTORY, "a directory does not replace a file");
}

static void fill(const char *dir) {
    CHECK(mkdir(dir, 02750) == 0 && chdir(dir) == 0, "%s", dir);
    make_file("file", "contents");
    CHECK(chmod("file", 0640) == 0 && chown("file", 1000, 1001) == 0, "attributes");
    if (setxattr("file", "user.e2b.k", "v", 1, 0) != 0) puts("test_trees: no extended attributes here");
    struct timespec times[2] = {{.tv_sec = 1000}, {.tv_sec = 2000, .tv_nsec = 3}};
    CHECK(utimensat(AT_FDCWD, "file", times, 0) == 0, "times");
    CHECK(symlink("/nowhere", "link") == 0 && mkfifo("fifo", 0600) == 0, "a link and a FIFO");
    make_deep("deep", 500, "d");
    CHECK(chdir(top) == 0, "back");
}

static void test_move_across(void) {
    mkdir("disk", 0755);
    if (!root || mount("tmpfs", "disk", "tmpfs", 0, "size=1m") != 0) return;
    fill("source");
    CHECK(chmod("source", 02750) == 0, "set-gid");
    CHECK(move("source", "disk/x/target") == 0 && !exists("source"), "a tree moves to another file system");
    struct stat st;
    CHECK(lstat("disk/x/target/file", &st) == 0 && st.st_uid == 1000 && st.st_gid == 1001, "a moved file keeps its owners");
    CHECK((st.st_mode & 07777) == 0640 && st.st_mtim.tv_sec == 2000 && st.st_mtim.tv_nsec == 3, "a moved file keeps its mode and times");
    char value[2];
    CHECK(getxattr("disk/x/target/file", "user.e2b.k", value, 2) == 1 || errno != ENODATA, "a moved file keeps its attributes");
    CHECK(lstat("disk/x/target", &st) == 0 && (st.st_mode & 07777) == 02750, "a moved directory keeps its mode");
    CHECK(exists("disk/x/target/deep/d/d/d/d/d/d/d/d") && exists("disk/x/target/fifo"), "everything below is moved");
    make_file("disk/y", "");
    CHECK(move("disk/x", "disk/y") == E_NOT_A_DIRECTORY, "a tree does not replace a file on another file system");
    CHECK(move("disk/x", "back") == 0 && move("disk/y", "y") == 0, "trees and files move back");
    FILE *f = fopen("large", "w");
    for (int i = 0; i < 2000; i++) fprintf(f, "%01000d", i);
    fclose(f);
    CHECK(move("large", "disk/large") == E_NO_SPACE && exists("large"), "a full disk leaves the source");
    struct client c = request(F_LIST_DIR, "ss4", in_top("disk"), "", 1ul);
    CHECK(next_frame(&c).type == F_END, "a full disk keeps nothing of the copy");
    finish(&c);
    umount("disk");
}

int main(void) {
    root = getuid() == 0 && unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
    top = fresh_directory(true);
    test_remove();
    test_deep();
    test_wide();
    test_changing();
    test_moved_away();
    test_abort();
    test_mount_points();
    test_move();
    test_move_across();
    puts("test_trees: ok");
    return 0;
}
