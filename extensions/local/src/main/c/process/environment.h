#ifndef SANDBOXER_ENVIRONMENT_H
#define SANDBOXER_ENVIRONMENT_H

#include "common/users.h"

/* K=V strings for execve: the defaults for that user, the sandbox's own, then `request` (key, value, ..., NULL). */
char **make_environment(const struct user *u, bool terminal, char **request);
const char *environment_value(char **env, const char *key, const char *otherwise);
bool valid_environment(char **request);

#endif
