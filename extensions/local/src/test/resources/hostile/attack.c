#include "attack.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

void tried(const char *name, long result) {
    printf("%s=%s\n", name, result < 0 ? strerrorname_np(errno) : "OK");
    fflush(stdout);
}

void try_open(const char *name, const char *path, int flags) {
    int fd = open(path, flags | O_NONBLOCK | O_NOCTTY);
    tried(name, fd);
    if (fd >= 0) close(fd);
}

void try_write(const char *name, const char *path, const char *text) {
    char now[512] = "";
    int in = open(path, O_RDONLY);
    ssize_t n = in >= 0 ? read(in, now, sizeof now - 1) : -1;
    close(in);
    if (text != NULL) n = snprintf(now, sizeof now, "%s", text);
    int fd = open(path, O_WRONLY);
    if (fd < 0 || n < 0) {
        tried(name, -1);
        return;
    }
    tried(name, write(fd, now, (size_t)n));
    close(fd);
}

static int abstract_address(const char *name, struct sockaddr_un *a) {
    *a = (struct sockaddr_un){.sun_family = AF_UNIX};
    strcpy(a->sun_path + 1, name);
    return (int)(sizeof a->sun_family + 1 + strlen(name));
}

/* Runs on the host: listens on an abstract socket, then prints a line, and exits when its standard input ends. */
static void listen_abstract(const char *name) {
    struct sockaddr_un a;
    int n = abstract_address(name, &a), fd = socket(AF_UNIX, SOCK_STREAM, 0);
    bind(fd, (struct sockaddr *)&a, (socklen_t)n);
    tried("listening", listen(fd, 5));
    char byte;
    if (read(0, &byte, 1) < 0) exit(1);
}

static void connect_abstract(const char *name) {
    struct sockaddr_un a;
    int n = abstract_address(name, &a), fd = socket(AF_UNIX, SOCK_STREAM, 0);
    tried("connect", connect(fd, (struct sockaddr *)&a, (socklen_t)n));
}

static void who(void) {
    printf("uid=%d\neuid=%d\nsuid-works=%s\n", (int)getuid(), (int)geteuid(), geteuid() != getuid() ? "OK" : "no");
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        void (*run)(void);
    } attacks[] = {
        {"proc-sys", attack_proc_sys},     {"namespaces", attack_namespaces},
        {"calls", attack_calls},           {"devices", attack_devices},
        {"families", attack_families},     {"foreign-calls", attack_foreign_calls},
        {"terminal", attack_terminal},     {"agent-memory", attack_agent_memory},
        {"agent-signals", attack_agent_signals}, {"agent-limits", attack_agent_limits},
        {"agent-id", attack_agent_id},
        {"exhaust", neighbour_exhaust},    {"need", neighbour_need},
        {"fork-bomb", load_fork_bomb},     {"memory", load_memory},
        {"descriptors", load_descriptors}, {"terminals", load_terminals}, {"who", who},
    };
    const char *name = argc > 1 ? argv[1] : "";
    for (size_t i = 0; i < sizeof attacks / sizeof *attacks; i++) {
        if (strcmp(name, attacks[i].name) == 0) {
            attacks[i].run();
            return 0;
        }
    }
    if (strcmp(name, "processes") == 0) attack_processes(argv + 2);
    else if (strcmp(name, "race") == 0) attack_race(argv + 2);
    else if (strcmp(name, "orphans") == 0) load_orphans(argv + 2);
    else if (strcmp(name, "spin") == 0) load_spin(argv + 2);
    else if (strcmp(name, "lock") == 0) neighbour_lock(argv + 2);
    else if (strcmp(name, "watch") == 0) neighbour_watch(argv + 2);
    else if (strcmp(name, "listen-abstract") == 0) listen_abstract(argv[2]);
    else if (strcmp(name, "connect-abstract") == 0) connect_abstract(argv[2]);
    else return 2;
    return 0;
}
