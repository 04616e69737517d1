#include "client.h"

#include "files/files.h"
#include "files/watch.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

struct client request_raw(enum frame_type type, const unsigned char *payload, size_t n) {
    int pair[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0, "a socket pair");
    pid_t pid = fork();
    if (pid == 0) {
        close(pair[0]);
        umask(022);
        if (type == F_WATCH) serve_watch(pair[1], payload, n);
        else serve_file_request(pair[1], (uint8_t)type, payload, n);
        exit(0);
    }
    close(pair[1]);
    return (struct client){.fd = pair[0], .worker = pid};
}

static struct out arguments(const char *format, va_list args) {
    struct out o = {0};
    for (; *format != '\0'; format++) {
        const char *text = *format == 's' ? va_arg(args, const char *) : NULL;
        uint64_t number = *format != 's' ? va_arg(args, uint64_t) : 0;
        if (*format == 's') out_str(&o, text, strlen(text));
        if (*format == '1') out_u8(&o, (uint8_t)number);
        if (*format == '4') out_u32(&o, (uint32_t)number);
        if (*format == '8') out_u64(&o, number);
    }
    return o;
}

struct client request(enum frame_type type, const char *format, ...) {
    va_list args;
    va_start(args, format);
    struct out o = arguments(format, args);
    va_end(args);
    struct client c = request_raw(type, o.data, o.len);
    out_free(&o);
    return c;
}

struct client request_at(const char *path, enum frame_type type, const char *format, ...) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    strcpy(address.sun_path, path);
    struct client c = {.fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    CHECK(connect(c.fd, (struct sockaddr *)&address, sizeof address) == 0, "%s takes a connection", path);
    va_list args;
    va_start(args, format);
    struct out o = arguments(format, args);
    va_end(args);
    put_frame(&c, type, o.data, o.len);
    out_free(&o);
    return c;
}

struct frame next_frame(struct client *c) {
    struct frame f = {0};
    struct pollfd p = {.fd = c->fd, .events = POLLIN};
    CHECK(poll(&p, 1, 10000) == 1, "the worker answers within 10 s");
    if (!read_frame(c->fd, &f.type, &f.payload, &f.n)) f.type = 0;
    return f;
}

void finish(struct client *c) {
    int status;
    close(c->fd);
    if (c->worker == 0) return;
    alarm(10);
    CHECK(waitpid(c->worker, &status, 0) == c->worker, "the worker ends");
    alarm(0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0, "the worker ends well, not with status %x", status);
}

int error_of(struct client c) {
    struct frame f = next_frame(&c);
    struct in in = {.p = f.payload, .end = f.payload + f.n};
    int code = f.type == F_ERROR ? in_u16(&in) : 0;
    free(f.payload);
    finish(&c);
    return code;
}

void put_frame(struct client *c, enum frame_type type, const void *payload, size_t n) {
    struct out o = {0};
    out_frame(&o, type);
    out_bytes(&o, payload, n);
    out_finish(&o);
    send_all(c->fd, &o);
    out_free(&o);
}

struct entry read_entry(struct in *in) {
    struct entry e = {0};
    e.name = in_str(in, NULL);
    e.path = in_str(in, NULL);
    e.type = in_u8(in);
    e.target_type = in_u8(in);
    e.mode = in_u32(in);
    e.size = in_u64(in);
    e.uid = in_u32(in);
    e.gid = in_u32(in);
    e.owner = in_str(in, NULL);
    e.group = in_str(in, NULL);
    e.seconds = (int64_t)in_u64(in);
    in_u32(in);
    e.link_text = in_str(in, NULL);
    e.link_target = in_str(in, NULL);
    e.metadata = in_map(in, &e.pairs);
    return e;
}

struct entry entry_of(struct frame f) {
    CHECK(f.type == F_ENTRY, "an entry is answered, not %u", f.type);
    struct in in = {.p = f.payload, .end = f.payload + f.n};
    struct entry e = read_entry(&in);
    CHECK(in_done(&in), "an entry is well formed");
    return e;
}

static char directory[64];
static pid_t maker;

static void remove_directory(void) {
    char command[PATH_MAX];
    if (getpid() != maker) return;
    snprintf(command, sizeof command, "rm -rf -- '%s'", directory);
    if (system(command) != 0) fprintf(stderr, "can't remove %s\n", directory);
}

const char *fresh_directory(bool in_memory) {
    bool memory = in_memory && access("/dev/shm", W_OK) == 0;
    snprintf(directory, sizeof directory, "%s/agent-test-XXXXXX", memory ? "/dev/shm" : "/tmp");
    CHECK(mkdtemp(directory) != NULL && chdir(directory) == 0, "a fresh directory");
    maker = getpid();
    chmod(directory, 0755);
    atexit(remove_directory);
    signal(SIGPIPE, SIG_IGN);
    umask(022);
    return directory;
}

void make_file(const char *path, const char *text) {
    FILE *f = fopen(path, "w");
    CHECK(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0, "%s can be written", path);
}
