/* entry.c: what the host is told about a file. */
#ifndef SANDBOXER_ENTRY_H
#define SANDBOXER_ENTRY_H

#include "agent.h"

#include <sys/stat.h>

enum entry_type { ENTRY_UNKNOWN, ENTRY_FILE, ENTRY_DIRECTORY, ENTRY_SYMLINK, ENTRY_OTHER };

/* As out_entry, with the file at `at` below the open directory; `path` is only what the host is told. */
bool out_entry_at(struct out *o, int dir, const char *at, const char *name, const char *path, struct stat *st);

/* metadata.c: extended attributes user.e2b.*; `at` as above. */
void out_metadata(struct out *o, int dir, const char *at, mode_t mode);
/* pairs: key, value, ..., NULL. NULL when they may be written, else what is wrong with them. */
const char *check_metadata(char **pairs, enum error_code *code);
bool replace_metadata(int fd, char **pairs); /* false with errno */

#endif
