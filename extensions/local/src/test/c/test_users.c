/* Tests users and paths. Root also tests hostile passwd files, by bind mounts. */
#include "client.h"

#include "common/paths.h"

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static void replace(const char *file, const char *by) {
    umount2(file, MNT_DETACH);
    CHECK(mount(by, file, NULL, MS_BIND, NULL) == 0, "%s is replaced", file);
}

static void with_passwd(const char *text) {
    make_file("passwd", text);
    replace("/etc/passwd", "passwd");
}

static void test_lookup(void) {
    struct user u;
    make_file("group", "a:x:7:z,user\nb:x:8:use\nc:x:9:user\nc:x:9:user\nbroken\nprimary:x:1000:user\n");
    replace("/etc/group", "group");
    with_passwd("root:x:0:0:r:/root:/bin/bash\nbroken:x\nuser:x:1000:1001:,,,:/home/user:/bin/zsh\nno:x:-1:0::/:/\n"
                "minus:x:4294967295:0::/:/\n1000:x:5:5::relative:sh\nlast:x:6:6::/l:/s");
    CHECK(find_user("", &u) && u.uid == 1000 && u.gid == 1001, "\"\" finds `user`");
    CHECK(strcmp(u.home, "/home/user") == 0, "a user has the home of its line");
    CHECK(strcmp(u.shell, "/bin/zsh") == 0 && strcmp(u.name, "user") == 0, "a user has all fields of its line");
    CHECK(u.ngroups == 4 && u.groups[0] == 1001 && u.groups[1] == 7 && u.groups[2] == 9, "a user has its groups, each once");
    CHECK(find_user("0", &u) && strcmp(u.name, "root") == 0, "a user is found by number");
    CHECK(find_user("1000", &u) && u.uid == 5 && strcmp(u.home, "/") == 0, "a name may be a number; a relative home becomes /");
    CHECK(find_user("last", &u) && u.uid == 6 && strcmp(u.shell, "/s") == 0, "the last line needs no line end");
    CHECK(find_user("4000", &u) && u.uid == 4000 && u.gid == 4000 && strcmp(u.name, "4000") == 0, "an unknown number is a user");
    static const char *unknown[] = {"no", "minus", "broken", "4294967295", "99999999999", "-1", "1x", " 1", "us",
                                    "user "};
    for (size_t i = 0; i < 10; i++) CHECK(!find_user(unknown[i], &u), "no user '%s'", unknown[i]);
    char name[64];
    user_name(1000, name, sizeof name);
    CHECK(strcmp(name, "user") == 0, "a uid has a name");
    group_name(8, name, sizeof name);
    CHECK(strcmp(name, "b") == 0, "a gid has a name");
    group_name(12345, name, sizeof name);
    CHECK(strcmp(name, "12345") == 0, "the name of an unknown gid is its number");
}

static void test_hostile(void) {
    struct user u;
    with_passwd("nothing of use\n\n:x:0:0::/:/\n");
    CHECK(find_user("", &u) && u.uid == 0 && strcmp(u.home, "/root") == 0, "root exists without an entry");
    mkfifo("fifo", 0600);
    replace("/etc/passwd", "fifo");
    CHECK(find_user("root", &u) && !find_user("x", &u), "a FIFO does not block");
    replace("/etc/passwd", "/dev/zero");
    CHECK(find_user("root", &u) && !find_user("x", &u), "an endless device does not block");
    int fd = open("sparse", O_CREAT | O_RDWR, 0644);
    CHECK(ftruncate(fd, 1l << 40) == 0 && pwrite(fd, "x:x:1:1::/:/\n", 13, 2 << 20) == 13, "a huge file is made");
    replace("/etc/passwd", "sparse");
    CHECK(!find_user("x", &u), "only the first MiB counts");
    FILE *f = fopen("long", "w");
    fprintf(f, "x:x:1:1:%05000d:/:/\ny:x:2:2::/%0300d:/\n%0400d:x:3:3::/:/\n", 1, 2, 3);
    fclose(f);
    replace("/etc/passwd", "long");
    CHECK(!find_user("x", &u) && find_user("y", &u) && strlen(u.home) == 301, "long lines are skipped");
    umount2("/etc/passwd", MNT_DETACH);
}

static const char *expanded(const char *path, const char *home) {
    static char out[PATH_MAX];
    static struct user u;
    enum error_code code = 0;
    char message[256];
    strcpy(u.home, home);
    return expand_path(path, &u, out, &code, message, sizeof message) ? out : code == E_TOO_LONG ? "too long" : "?";
}

static void test_paths(void) {
    static const char *cases[][2] = {
        {"", "/h/u"}, {"~", "/h/u"}, {"~/", "/h/u"}, {"~/a//b/", "/h/u/a/b"}, {"a", "/h/u/a"},
        {"./a/./b/.", "/h/u/a/b"},
        {"~x/y", "/h/u/~x/y"}, {"/", "/"}, {"//", "/"}, {"/.", "/"}, {"/./", "/"}, {"/a/../b", "/a/../b"},
        {"/..", "/.."}, {"/.a/..b/...", "/.a/..b/..."}, {"../x", "/h/u/../x"}, {"///a", "/a"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *got = expanded(cases[i][0], "/h/u");
        CHECK(strcmp(got, cases[i][1]) == 0, "'%s' is '%s', not '%s'", cases[i][0], cases[i][1], got);
    }
    CHECK(strcmp(expanded("x", "/"), "/x") == 0 && strcmp(expanded("", "/"), "/") == 0, "the home may be /");
    static char path[5000];
    memset(path, 'x', 4092);
    CHECK(strlen(expanded(path, "/h")) == 4095, "a path may have 4095 bytes");
    path[4092] = 'x';
    CHECK(strcmp(expanded(path, "/h"), "too long") == 0, "a path may not have 4096 bytes");
}

int main(void) {
    fresh_directory(false);
    test_paths();
    if (getuid() == 0 && unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0) {
        test_lookup();
        test_hostile();
    }
    puts("test_users: ok");
    return 0;
}
