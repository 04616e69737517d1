/* The command line of `sudo`. */
#ifndef SANDBOXER_SUDO_OPTIONS_H
#define SANDBOXER_SUDO_OPTIONS_H

#include <stdbool.h>

enum sudo_action { SUDO_RUN, SUDO_NOTHING, SUDO_LIST, SUDO_VERSION, SUDO_HELP, SUDO_USAGE };

struct sudo_options {
    enum sudo_action action;
    const char *user;
    const char *group;    /* NULL: the user's primary group */
    const char *preserve; /* names of more variables to keep, separated by commas; NULL: none */
    bool keep_environment, set_home, login, shell, background;
    char **assignments; /* VAR=value arguments, up to `command` */
    char **command;     /* ends with NULL; may be empty if login or shell is set */
};

struct sudo_options parse_sudo_options(char **argv);

#endif
