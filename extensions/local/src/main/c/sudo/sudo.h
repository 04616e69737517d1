/* Between the sudo client and the agent, and between the parts of the client. */
#ifndef SANDBOXER_SUDO_H
#define SANDBOXER_SUDO_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { SUDO_TTY = 1, SUDO_DESCRIPTORS = 4 }; /* stdin, stdout, stderr, working directory */

/* The address in the abstract name space of the sandbox's network namespace. */
static inline socklen_t sudo_address(struct sockaddr_un *a) {
    static const char name[] = "\0sandboxer-sudo";
    *a = (struct sockaddr_un){.sun_family = AF_UNIX};
    __builtin_memcpy(a->sun_path, name, sizeof name - 1);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + sizeof name - 1);
}

enum sudo_action { SUDO_RUN, SUDO_NOTHING, SUDO_LIST, SUDO_VERSION, SUDO_HELP, SUDO_USAGE };

struct sudo_options {
    enum sudo_action action;
    const char *user;
    bool keep_environment, set_home, login, shell;
    char **assignments; /* VAR=value arguments, up to `command` */
    char **command;     /* NULL at the end; may be empty with login or shell */
};

/* sudo_options.c */
struct sudo_options parse_sudo_options(char **argv);
/* sudo_command.c: what is to be run, and its environment (key, value, ..., NULL); the program ends when it can't be. */
char **sudo_argv(const struct sudo_options *o, const char **cwd); /* *cwd: where to go first, or "." */
char **sudo_environment(const struct sudo_options *o, char **argv);
/* sudo_relay.c: until the command ends; what the client exits with. master: of the command's PTY, or -1. */
int sudo_relay(int agent, int master);
int sudo_open_terminal(int standard[3]); /* puts the slave where a terminal was; returns the master */

#endif
