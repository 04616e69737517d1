/* Resolves the paths in requests. */
#ifndef SANDBOXER_PATHS_H
#define SANDBOXER_PATHS_H

#include "common/users.h"
#include "common/wire.h"

/* Makes a path absolute: expands ~ and ~/x, and puts "" and relative paths below the home directory. `out` has PATH_MAX bytes.
 * On false, *code and err describe the error. */
bool expand_path(const char *path, const struct user *u, char *out, enum error_code *code, char *err, size_t errn);
const char *base_name(const char *path); /* points into the path */

#endif
