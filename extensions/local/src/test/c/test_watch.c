/* Tests WATCH. */
#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char *top;
static const char *kinds = "?cwrmao"; /* create, write, remove, rename (move), chmod (attributes), overflow */

static const char *in_top(const char *name) {
    static char buffer[8][PATH_MAX];
    static unsigned next;
    char *p = buffer[next++ % 8];
    snprintf(p, PATH_MAX, "%s/%s", top, name);
    return p;
}

static struct client watch(const char *name, uint64_t flags) {
    struct client c = request(F_WATCH, "ss1", in_top(name), "", flags);
    CHECK(next_frame(&c).type == F_READY, "%s is watched", name);
    return c;
}

static const char *event_of(struct frame f) {
    static char text[PATH_MAX];
    CHECK(f.type == F_EVENT, "an event, not %u", f.type);
    struct in in = {.p = f.payload, .end = f.payload + f.n};
    unsigned kind = in_u8(&in);
    char *name = in_str(&in, NULL);
    if (in_u8(&in) != 0) read_entry(&in);
    CHECK(in_done(&in), "an event is well formed");
    snprintf(text, sizeof text, "%c %s", kinds[kind], name);
    free(name);
    return text;
}

static void expect(struct client *c, const char *wanted) {
    const char *got = event_of(next_frame(c));
    CHECK(strcmp(got, wanted) == 0, "the event is '%s', not '%s'", wanted, got);
}

static void expect_silence(struct client *c) {
    struct pollfd p = {.fd = c->fd, .events = POLLIN};
    if (poll(&p, 1, 100) == 0) return;
    CHECK(false, "no more events, but there was '%s'", event_of(next_frame(c)));
}

static void test_flat(void) {
    mkdir("flat", 0755);
    mkdir("flat/dir", 0755);
    struct client c = watch("flat", 0);
    close(open("flat/f", O_CREAT | O_WRONLY, 0644));
    expect(&c, "c f");
    make_file("flat/f", "x");
    expect(&c, "w f");
    chmod("flat/f", 0600);
    while (strcmp(event_of(next_frame(&c)), "a f") != 0) {} /* skips events of the truncated and written file */
    rename("flat/f", "flat/g");
    expect(&c, "m f");
    expect(&c, "c g");
    make_file("flat/dir/inner", "");
    unlink("flat/g");
    expect(&c, "r g");
    expect_silence(&c);
    finish(&c);
}

static void test_entries(void) {
    struct client c = watch("flat", 2);
    close(open("flat/e", O_CREAT | O_WRONLY, 0604));
    struct frame f = next_frame(&c);
    struct in in = {.p = f.payload, .end = f.payload + f.n};
    CHECK(in_u8(&in) == 1 && strcmp(in_str(&in, NULL), "e") == 0 && in_u8(&in) == 1, "a create with its entry");
    struct entry e = read_entry(&in);
    CHECK(e.type == 1 && e.mode == 0604 && strcmp(e.path, in_top("flat/e")) == 0, "the right one");
    unlink("flat/e");
    f = next_frame(&c);
    CHECK(f.payload[0] == 3 && f.payload[f.n - 1] == 0, "a remove has no entry");
    finish(&c);
}

static void test_recursive(void) {
    mkdir("tree", 0755);
    mkdir("tree/a", 0755);
    mkdir("tree/a/b", 0755);
    struct client c = watch("tree", 1);
    make_file("tree/a/b/f", "");
    expect(&c, "c a/b/f");
    rename("tree/a", "tree/z");
    expect(&c, "m a");
    expect(&c, "c z");
    expect_silence(&c);
    make_file("tree/z/b/g", "");
    expect(&c, "c z/b/g");
    CHECK(system("mkdir -p outside/in/ner && touch outside/in/ner/h") == 0, "a tree elsewhere");
    rename("outside", "tree/new");
    expect(&c, "c new");
    expect(&c, "c new/in");
    expect(&c, "c new/in/ner");
    expect(&c, "c new/in/ner/h");
    rename("tree/new", "gone");
    expect(&c, "m new");
    expect_silence(&c);
    make_file("gone/in/x", "");
    expect_silence(&c);
    CHECK(symlink("../gone", "tree/link") == 0, "a link");
    expect(&c, "c link");
    make_file("gone/y", "");
    expect_silence(&c);
    CHECK(system("rm -rf tree/z") == 0, "removed");
    for (int i = 0; i < 4; i++) event_of(next_frame(&c));
    expect_silence(&c);
    finish(&c);
}

/* Directories grow faster than they are found: each entry is reported, and only once. */
static void test_race(void) {
    struct client c = watch("tree", 1);
    CHECK(system("cd tree && for i in 1 2 3 4 5 6 7 8 9; do mkdir -p r/$i/s/t && : > r/$i/s/t/f; done") == 0, "made");
    unsigned seen = 0;
    struct pollfd p = {.fd = c.fd, .events = POLLIN};
    while (poll(&p, 1, 200) > 0) {
        const char *event = event_of(next_frame(&c));
        if (event[0] == 'c') seen++;
    }
    CHECK(seen == 1 + 9 * 4, "37 entries are reported, each once, not %u", seen);
    finish(&c);
}

static void test_end(void) {
    struct client c = watch("flat", 0);
    CHECK(system("rm -rf flat") == 0, "removed");
    struct frame f;
    while ((f = next_frame(&c)).type == F_EVENT) {}
    CHECK(f.type == F_END && next_frame(&c).type == 0, "the removal of the directory ends the stream");
    finish(&c);
    make_file("file", "");
    CHECK(error_of(request(F_WATCH, "ss1", in_top("file"), "", 0ul)) == E_NOT_A_DIRECTORY, "a file can't be watched");
    CHECK(error_of(request(F_WATCH, "ss1", in_top("none"), "", 1ul)) == E_NOT_FOUND, "a missing path can't be watched");
    CHECK(error_of(request(F_WATCH, "ss", in_top("none"), "")) == E_PROTOCOL, "a short payload is refused");
}

/* The client does not read: the kernel's queue overflows, but the worker's memory doesn't grow. */
static void test_overflow(void) {
    mkdir("many", 0755);
    struct client c = watch("many", 1);
    kill(c.worker, SIGSTOP);
    char name[64];
    for (int i = 0; i < 20000; i++) {
        snprintf(name, sizeof name, "many/f%d", i);
        CHECK(mkfifo(name, 0600) == 0, "%s", name);
        unlink(name);
    }
    mkdir("many/unseen", 0755);
    kill(c.worker, SIGCONT);
    while (strcmp(event_of(next_frame(&c)), "o ") != 0) {}
    expect_silence(&c);
    make_file("many/unseen/x", "");
    expect(&c, "c unseen/x");
    finish(&c);
}

static void test_limit(void) {
    mkdir("wide", 0755);
    char name[64];
    for (int i = 0; i < 16500; i++) {
        snprintf(name, sizeof name, "wide/%d", i);
        mkdir(name, 0755);
    }
    CHECK(error_of(request(F_WATCH, "ss1", in_top("wide"), "", 1ul)) == E_LIMIT, "too many directories are refused");
    struct client c = watch("wide", 0);
    finish(&c);
}

int main(void) {
    top = fresh_directory(true);
    test_flat();
    test_entries();
    test_recursive();
    test_race();
    test_end();
    test_overflow();
    test_limit();
    puts("test_watch: ok");
    return 0;
}
