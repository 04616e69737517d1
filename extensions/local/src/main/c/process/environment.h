#ifndef SANDBOXER_ENVIRONMENT_H
#define SANDBOXER_ENVIRONMENT_H

#include "common/users.h"

/* Returns K=V strings for execve. Later ones replace earlier ones: the user's defaults, the sandbox's variables, then `request`
 * (key, value, ..., NULL). */
char **make_environment(const struct user *u, bool terminal, char **request);
const char *environment_value(char **env, const char *key, const char *otherwise);
bool valid_environment(char **request); /* true if no key is empty or contains = */

#endif
