/* Walks trees that others have made and may be changing. One open directory is enough for any depth: the way up is "..", and
 * the directory found there must be the one that was left. */
#ifndef SANDBOXER_NAMES_H
#define SANDBOXER_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { MAX_NAMES = 1000000 };

struct names {
    char *bytes; /* NUL-terminated names, one after the other */
    size_t len, cap;
    const char **name; /* after names_index() */
    size_t count;
};
void names_add(struct names *n, const char *name);
void names_index(struct names *n, bool sorted); /* once everything is added */
/* Adds the names of a directory, read from its beginning. false with errno; E2BIG with more than MAX_NAMES. */
bool names_read(struct names *n, int dir);
void names_free(struct names *n);

struct place {
    dev_t device;
    ino_t inode;
};
bool place_of(int fd, struct place *p);
/* Replaces the open directory by its parent; it is closed in any case. -1 with errno, ESTALE when it was moved. */
int go_up(int dir, const struct place *parent);
/* The directory that a path's last component is in, by O_PATH; *name points into the path. -1 with errno. */
int open_parent(const char *path, const char **name);
/* A directory below, itself no link. -1 with errno; `same_mount`: EXDEV when something is mounted there. */
int go_down(int dir, const char *name, bool same_mount);

#endif
