/* The metadata of a file, stored as extended attributes user.e2b.*. */
#ifndef SANDBOXER_METADATA_H
#define SANDBOXER_METADATA_H

#include "common/wire.h"

#include <sys/types.h>

/* Appends the metadata of the file `at` below the open directory. */
void out_metadata(struct out *o, int dir, const char *at, mode_t mode);
/* pairs: key, value, ..., NULL. Returns NULL if they are valid, otherwise a message, and sets *code. */
const char *check_metadata(char **pairs, enum error_code *code);
bool replace_metadata(int fd, char **pairs); /* false with errno */

#endif
