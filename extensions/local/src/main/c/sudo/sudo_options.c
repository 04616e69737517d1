#include "sudo/sudo_options.h"

#include <stdio.h>
#include <string.h>

static struct sudo_options usage(struct sudo_options o) {
    o.action = SUDO_USAGE;
    return o;
}

/* One letter of an argument. false: not understood. */
static bool set_flag(struct sudo_options *o, char letter) {
    switch (letter) {
    case 'E': o->keep_environment = true; return true;
    case 'H': o->set_home = true; return true;
    case 'i': o->login = true; return true;
    case 's': o->shell = true; return true;
    case 'n': /* there is never a password */
    case 'S': return true;
    case 'k':
    case 'K':
    case 'v': o->action = SUDO_NOTHING; return true;
    case 'l': o->action = SUDO_LIST; return true;
    case 'V': o->action = SUDO_VERSION; return true;
    case 'h': o->action = SUDO_HELP; return true;
    case 'g': fprintf(stderr, "sudo: -g is not supported here\n"); return false;
    default: fprintf(stderr, "sudo: unknown option -%c\n", letter); return false;
    }
}

/* "-u root", "-uroot", "-nu root". Returns the argument after it, or NULL. */
static char **parse_argument(struct sudo_options *o, char **argv) {
    for (const char *letter = *argv + 1; *letter; letter++) {
        if (*letter != 'u') {
            if (!set_flag(o, *letter))
                return NULL;
            continue;
        }
        o->user = letter[1] ? letter + 1 : *++argv;
        if (!o->user || !*o->user)
            return NULL;
        break;
    }
    return argv + 1;
}

static bool is_assignment(const char *argument) {
    const char *equals = strchr(argument, '=');
    return equals && equals > argument && !memchr(argument, '/', (size_t)(equals - argument));
}

struct sudo_options parse_sudo_options(char **argv) {
    struct sudo_options o = {.action = SUDO_RUN, .user = "root"};
    while (*++argv && (*argv)[0] == '-' && (*argv)[1]) {
        if (strcmp(*argv, "--") == 0) {
            argv++;
            break;
        }
        argv = parse_argument(&o, argv);
        if (!argv)
            return usage(o);
        argv--;
    }
    if (o.user[0] == '#')
        o.user++;
    o.assignments = argv;
    while (*argv && is_assignment(*argv))
        argv++;
    o.command = argv;
    if (*argv && o.action == SUDO_NOTHING)
        o.action = SUDO_RUN; /* sudo -k command */
    bool runs = *argv || o.login || o.shell;
    return (o.action == SUDO_RUN && !runs) || (o.login && o.shell) ? usage(o) : o;
}
