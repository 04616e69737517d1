/* The description of a file for the host. */
#ifndef SANDBOXER_ENTRY_H
#define SANDBOXER_ENTRY_H

#include "common/wire.h"

#include <sys/stat.h>

enum entry_type { ENTRY_UNKNOWN, ENTRY_FILE, ENTRY_DIRECTORY, ENTRY_SYMLINK, ENTRY_OTHER };

/* Appends the values of an entry (no frame). false with errno. */
bool out_entry(struct out *o, const char *name, const char *path);
/* Like out_entry(), for the file `at` below the open directory. `path` is only reported to the host, never opened. Sets *st. */
bool out_entry_at(struct out *o, int dir, const char *at, const char *name, const char *path, struct stat *st);

#endif
