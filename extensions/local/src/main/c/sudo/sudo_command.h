#ifndef SANDBOXER_SUDO_COMMAND_H
#define SANDBOXER_SUDO_COMMAND_H

#include "sudo/sudo_options.h"

/* Return the command to run, and its environment (key, value, ..., NULL). Both exit with a message on failure. */
char **sudo_argv(const struct sudo_options *o, const char **cwd); /* *cwd: the directory to change to first, or "." */
char **sudo_environment(const struct sudo_options *o, char **argv);

#endif
