/* Tests STAT, LIST_DIR, MKDIR, SYMLINK, READ and WRITE, also with hostile files. */
#include "client.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

static char path_buffer[8][PATH_MAX];
static const char *top;
static bool root;

static const char *in_top(const char *name) {
    static unsigned next;
    char *p = path_buffer[next++ % 8];
    snprintf(p, PATH_MAX, "%s/%s", top, name);
    return p;
}

static struct entry entry(struct client c) {
    struct entry e = entry_of(next_frame(&c));
    CHECK(next_frame(&c).type == 0, "the connection ends after the entry");
    finish(&c);
    return e;
}

static struct entry stat_of(const char *name) {
    return entry(request(F_STAT, "ss", in_top(name), "root"));
}

static void test_stat(void) {
    make_file("file", "12345");
    chmod("file", 04751);
    mkdir("dir", 0700);
    CHECK(symlink("dir/../file", "link") == 0 && symlink("nowhere", "broken") == 0, "links");
    CHECK(symlink("cycle", "cycle") == 0 && mkfifo("fifo", 0600) == 0, "a cycle and a FIFO");
    struct entry e = stat_of("file");
    CHECK(strcmp(e.name, "file") == 0 && strcmp(e.path, in_top("file")) == 0, "an entry has name and path");
    CHECK(e.type == 1 && e.target_type == 1 && e.mode == 04751 && e.size == 5, "an entry has type, mode and size of a file");
    CHECK(e.uid == getuid() && (!root || strcmp(e.owner, "root") == 0), "an entry has the owner's name");
    e = stat_of("link");
    CHECK(e.type == 3 && e.target_type == 1 && e.mode == 04751, "a link has its target's mode");
    CHECK(strcmp(e.link_text, "dir/../file") == 0 && strcmp(e.link_target, in_top("file")) == 0, "a link has its text and the path of its target");
    e = stat_of("broken");
    CHECK(e.type == 3 && e.target_type == 0 && strcmp(e.link_text, "nowhere") == 0 && *e.link_target == 0, "a broken link has no target");
    CHECK(stat_of("cycle").target_type == 0, "a link to itself has no target");
    CHECK(stat_of("fifo").type == 4 && stat_of("dir").type == 2, "a FIFO and a directory have their types");
    CHECK(error_of(request(F_STAT, "ss", in_top("none"), "")) == E_NOT_FOUND, "missing is not_found");
    CHECK(error_of(request(F_STAT, "ss", in_top("file/x"), "")) == E_NOT_A_DIRECTORY, "below a file");
    CHECK(error_of(request(F_STAT, "ss", in_top("cycle/x"), "")) == E_LOOP, "through a cycle");
    CHECK(error_of(request(F_STAT, "ss", "/x", "no such user")) == E_UNKNOWN_USER, "an unknown user");
}

static void test_protocol(void) {
    unsigned char payload[64] = {0, 0, 0, 2, '/', 0, 0, 0, 0, 4, 'r', 'o', 'o', 't'};
    CHECK(error_of(request_raw(F_STAT, payload, 14)) == E_INVALID, "a NUL in a path is invalid");
    CHECK(error_of(request_raw(F_STAT, payload, 13)) == E_PROTOCOL, "a short payload is refused");
    payload[3] = 1;
    CHECK(error_of(request_raw(F_STAT, payload, 14)) == E_PROTOCOL, "trailing bytes are refused");
    CHECK(error_of(request_raw(F_STAT, payload, 0)) == E_PROTOCOL, "an empty payload is refused");
    memset(payload, 0xff, sizeof payload);
    CHECK(error_of(request_raw(F_WRITE, payload, sizeof payload)) == E_PROTOCOL, "huge lengths are refused");
    for (unsigned i = 0; i < 300; i++) { /* only harmless requests, since those that can be parsed are carried out */
        for (size_t k = 0; k < sizeof payload; k++) {
            payload[k] = (unsigned char)(rand() % 16 == 0 ? rand() : rand() % 5);
        }
        static const enum frame_type harmless[] = {F_STAT, F_LIST_DIR, F_READ};
        error_of(request_raw(harmless[i % 3], payload, (size_t)rand() % sizeof payload));
    }
    static char longest[5000] = "/";
    memset(longest + 1, 'x', 4095);
    CHECK(error_of(request(F_STAT, "ss", longest, "")) == E_TOO_LONG, "4096 bytes are too long");
    longest[300] = 0;
    CHECK(error_of(request(F_STAT, "ss", longest, "")) == E_TOO_LONG, "a name of 299 bytes is too long");
}

static size_t list(const char *name, uint64_t depth, char names[][256], size_t max) {
    struct client c = request(F_LIST_DIR, "ss4", in_top(name), "root", depth);
    size_t n = 0, prefix = strlen(in_top(name)) + 1;
    struct frame f;
    while ((f = next_frame(&c)).type == F_ENTRY) {
        struct entry e = entry_of(f);
        CHECK(n < max, "not more than %zu entries", max);
        snprintf(names[n++], 256, "%s", e.path + prefix);
    }
    CHECK(f.type == F_END && next_frame(&c).type == 0, "a listing ends with END");
    finish(&c);
    return n;
}

static void test_list(void) {
    static char names[16][256];
    static const char *expected[] = {"\n", "a", "a/z", "a/z/y", "ab", "b", "\xff\xfe"};
    mkdir("list", 0755);
    mkdir("list/a", 0755);
    mkdir("list/a/z", 0755);
    make_file("list/a/z/y", "");
    make_file("list/ab", "");
    make_file("list/\xff\xfe", "");
    make_file("list/\n", "");
    CHECK(symlink(".", "list/b") == 0, "a link to the directory itself");
    CHECK(list("list", 9, names, 16) == 7, "links are not followed");
    for (size_t i = 0; i < 7; i++) CHECK(strcmp(names[i], expected[i]) == 0, "pre-order, by bytes: %s", names[i]);
    CHECK(list("list", 0, names, 16) == 5 && list("list", 1, names, 16) == 5, "a depth of 0 means 1");
    CHECK(list("list", 2, names, 16) == 6, "a depth of 2 lists two levels");
    CHECK(list("list/b", 1, names, 16) == 5, "a link that is named itself is followed");
    CHECK(error_of(request(F_LIST_DIR, "ss4", in_top("file"), "", 1ul)) == E_NOT_A_DIRECTORY, "a file has no entries");
    CHECK(error_of(request(F_LIST_DIR, "ss4", in_top("fifo"), "", 1ul)) == E_NOT_A_DIRECTORY, "a FIFO has no entries");
    CHECK(error_of(request(F_LIST_DIR, "ss4", in_top("none"), "", 1ul)) == E_NOT_FOUND, "a missing path has no entries");
}

static void test_mkdir_and_symlink(void) {
    struct entry e = entry(request(F_MKDIR, "ss4", in_top("m/n//./o/"), root ? "65534" : "", 0ul));
    CHECK(e.type == 2 && e.mode == 0755 && strcmp(e.name, "o") == 0, "a directory with its parents");
    struct stat st;
    CHECK(stat("m", &st) == 0 && (!root || st.st_uid == 65534), "parents belong to the user");
    CHECK((st.st_mode & 07777) == 0755, "parents have mode 0755");
    CHECK(entry(request(F_MKDIR, "ss4", in_top("m/p"), "", 02770ul)).mode == 02770, "a mode of its own");
    CHECK(error_of(request(F_MKDIR, "ss4", in_top("m/p"), "", 0ul)) == E_ALREADY_EXISTS, "twice");
    CHECK(error_of(request(F_MKDIR, "ss4", in_top("file"), "", 0ul)) == E_NOT_A_DIRECTORY, "no directory replaces a file");
    CHECK(error_of(request(F_MKDIR, "ss4", in_top("file/x/y"), "", 0ul)) == E_NOT_A_DIRECTORY, "below a file");
    CHECK(error_of(request(F_MKDIR, "ss4", in_top("broken"), "", 0ul)) == E_NOT_A_DIRECTORY, "no directory replaces a link");
    e = entry(request(F_SYMLINK, "sss", "../x y", in_top("s/t/l"), ""));
    CHECK(e.type == 3 && strcmp(e.link_text, "../x y") == 0, "a link with parents");
    CHECK(error_of(request(F_SYMLINK, "sss", "x", in_top("s/t/l"), "")) == E_ALREADY_EXISTS, "no link replaces a link");
    CHECK(error_of(request(F_SYMLINK, "sss", "", in_top("s/u"), "")) == E_INVALID, "a link to nothing");
}

static size_t read_back(const char *path, uint64_t offset, uint64_t length, char *out, size_t max) {
    struct client c = request(F_READ, "ss88", path, "", offset, length);
    entry_of(next_frame(&c));
    size_t n = 0;
    struct frame f;
    while ((f = next_frame(&c)).type == F_DATA) {
        CHECK(f.n > 0 && f.n <= MAX_DATA && n + f.n <= max, "data frames have 1 to 65536 bytes");
        memcpy(out + n, f.payload, f.n);
        n += f.n;
    }
    CHECK(f.type == F_END, "data ends with END");
    finish(&c);
    return n;
}

static void test_read(void) {
    static char data[200000], back[200000];
    for (size_t i = 0; i < sizeof data; i++) data[i] = (char)(i * 7 + i / 999);
    FILE *f = fopen("big", "w");
    CHECK(f != NULL && fwrite(data, 1, sizeof data, f) == sizeof data && fclose(f) == 0, "a big file");
    CHECK(read_back(in_top("big"), 0, UINT64_MAX, back, sizeof back) == sizeof data, "a whole file is read");
    CHECK(memcmp(data, back, sizeof data) == 0, "unchanged");
    CHECK(read_back(in_top("big"), 100000, 70000, back, sizeof back) == 70000, "a range is read");
    CHECK(memcmp(data + 100000, back, 70000) == 0, "the range has the right bytes");
    CHECK(read_back(in_top("big"), 199999, 10, back, sizeof back) == 1, "a range across the end is cut");
    CHECK(read_back(in_top("big"), UINT64_MAX, 10, back, sizeof back) == 0, "a range beyond the end is empty");
    CHECK(read_back(in_top("big"), 5, 0, back, sizeof back) == 0, "a length of 0 reads nothing");
    CHECK(read_back("/proc/self/status", 0, UINT64_MAX, back, sizeof back) > 100, "a file of /proc, whose size is 0, is read");
    static const char *special[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/urandom", "/dev/tty"};
    for (size_t i = 0; i < 5; i++) {
        CHECK(error_of(request(F_READ, "ss88", special[i], "", 0ul, 5ul)) == E_SPECIAL_FILE, "%s", special[i]);
        CHECK(error_of(request(F_WRITE, "ss414", special[i], "", 0ul, 0ul, 0ul)) == E_SPECIAL_FILE, "%s", special[i]);
    }
    CHECK(error_of(request(F_READ, "ss88", in_top("fifo"), "", 0ul, 5ul)) == E_SPECIAL_FILE, "a FIFO");
    CHECK(error_of(request(F_READ, "ss88", in_top("dir"), "", 0ul, 5ul)) == E_IS_A_DIRECTORY, "a directory");
    CHECK(error_of(request(F_READ, "ss88", in_top("cycle"), "", 0ul, 5ul)) == E_LOOP, "a cycle");
    struct client c = request(F_READ, "ss88", in_top("big"), "", 0ul, UINT64_MAX);
    finish(&c); /* closes at once: the worker must end */
}

static struct entry write_file(const char *name, const char *text, uint64_t mode) {
    struct client c = request(F_WRITE, "ss414", in_top(name), root ? "65534" : "", mode, 0ul, 0ul);
    struct frame f = next_frame(&c);
    CHECK(f.type == F_READY, "%s: READY, not %u", name, f.type);
    put_frame(&c, F_DATA, text, strlen(text));
    put_frame(&c, F_END, "", 0);
    return entry(c);
}

static bool exists(const char *name) {
    struct stat st;
    return lstat(name, &st) == 0;
}

static void test_write(void) {
    struct entry e = write_file("w/x/new", "hello", 0);
    CHECK(e.mode == 0644 && e.size == 5 && (!root || e.uid == 65534), "a new file is 0644 and the user's");
    CHECK(write_file("w/suid", "", 04755).mode == 04755, "a mode of its own");
    chmod("file", 0600);
    e = write_file("file", "abc", 0);
    CHECK(e.mode == 0600 && e.size == 3 && e.uid == getuid(), "an old file keeps mode and owner, and is truncated");
    CHECK(write_file("file", "abc", 0640).mode == 0640, "an old file gets a given mode");
    CHECK(symlink("w/behind", "dangling") == 0 && write_file("dangling", "x", 0).type == 3, "through a dangling link");
    CHECK(exists("w/behind"), "the link's target is made");
    CHECK(error_of(request(F_WRITE, "ss414", in_top("cycle"), "", 0ul, 0ul, 0ul)) == E_LOOP, "a cycle");
    CHECK(error_of(request(F_WRITE, "ss414", in_top("dir"), "", 0ul, 0ul, 0ul)) == E_IS_A_DIRECTORY, "a directory");
    CHECK(error_of(request(F_WRITE, "ss414", in_top("fifo"), "", 0ul, 0ul, 0ul)) == E_SPECIAL_FILE, "a FIFO");
    struct client c = request(F_WRITE, "ss414", in_top("half"), "", 0ul, 0ul, 0ul);
    CHECK(next_frame(&c).type == F_READY && exists("half"), "the file is there");
    put_frame(&c, F_DATA, "x", 1);
    finish(&c);
    CHECK(!exists("half"), "a new file without END is removed");
    c = request(F_WRITE, "ss414", in_top("file"), "", 0ul, 0ul, 0ul);
    CHECK(next_frame(&c).type == F_READY, "ready");
    finish(&c);
    CHECK(exists("file"), "an old file without END is not removed");
    c = request(F_WRITE, "ss414", in_top("half"), "", 0ul, 0ul, 0ul);
    CHECK(next_frame(&c).type == F_READY, "ready");
    put_frame(&c, F_PING, "", 0);
    CHECK(error_of(c) == E_PROTOCOL && !exists("half"), "only DATA and END are accepted");
}

static int write_metadata(const char *key, const char *value) {
    struct client c = request(F_WRITE, "ss414ss", in_top("meta"), "", 0ul, 1ul, 1ul, key, value);
    put_frame(&c, F_END, "", 0);
    struct frame f = next_frame(&c);
    if (f.type == F_READY) {
        finish(&c);
        return 0;
    }
    struct in in = {.p = f.payload, .end = f.payload + f.n};
    int code = in_u16(&in);
    finish(&c);
    return code;
}

static void test_metadata(void) {
    static char large[5000];
    CHECK(write_metadata("key", "value one") == 0, "metadata is written");
    struct entry e = stat_of("meta");
    CHECK(e.pairs == 1 && strcmp(e.metadata[0], "key") == 0 && strcmp(e.metadata[1], "value one") == 0, "and read");
    CHECK(setxattr("meta", "user.e2b.bad", "\x01\xff", 2, 0) == 0, "attributes of others");
    CHECK(setxattr("meta", "user.other", "x", 1, 0) == 0, "attributes of others");
    CHECK(stat_of("meta").pairs == 1, "attributes that are not printable, or not metadata, are skipped");
    CHECK(write_metadata("other", "") == 0, "replaced");
    e = stat_of("meta");
    CHECK(e.pairs == 1 && strcmp(e.metadata[0], "other") == 0, "the whole set is replaced");
    CHECK(getxattr("meta", "user.other", large, 10) == 1, "other attributes are kept");
    CHECK(write_metadata("", "x") == E_INVALID && write_metadata("k", "a\nb") == E_INVALID, "only printable ASCII");
    memset(large, 'x', sizeof large - 1);
    CHECK(write_metadata("k", large) == E_TOO_LONG, "not more than 4096 bytes");
    large[4090] = 0;
    int code = write_metadata("k", large);
    CHECK(code == 0 || code == E_TOO_LONG, "not more than the file system allows: %d", code);
    large[300] = 0;
    CHECK(write_metadata(large, "x") == E_TOO_LONG, "a long key");
}

static void test_full_disk(void) {
    mkdir("small", 0755);
    if (!root || mount("tmpfs", "small", "tmpfs", 0, "size=64k") != 0) return;
    struct client c = request(F_WRITE, "ss414", in_top("small/f"), "", 0ul, 0ul, 0ul);
    CHECK(next_frame(&c).type == F_READY, "ready");
    static char block[MAX_DATA];
    for (int i = 0; i < 64; i++) put_frame(&c, F_DATA, block, sizeof block);
    put_frame(&c, F_END, "", 0);
    CHECK(error_of(c) == E_NO_SPACE && !exists("small/f"), "a full disk is no_space, and leaves nothing");
    umount("small");
}

int main(void) {
    root = getuid() == 0 && unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
    top = fresh_directory(false);
    test_stat();
    test_protocol();
    test_list();
    test_mkdir_and_symlink();
    test_read();
    test_write();
    test_metadata();
    test_full_disk();
    puts("test_files: ok");
    return 0;
}
