/* Walks trees that other processes may change at the same time. One open directory is enough for any depth: to go up, it opens "..", which
 * must be the directory that the walk came from. */
#ifndef SANDBOXER_NAMES_H
#define SANDBOXER_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { MAX_NAMES = 1000000 };

/* Returns p; exits if p is NULL because an allocation failed. */
void *require_memory(void *p);

struct names {
    char *bytes; /* NUL-terminated names, one after the other */
    size_t len, cap;
    const char **name; /* set by names_index() */
    size_t count;
};
void names_add(struct names *n, const char *name);
void names_index(struct names *n, bool sorted); /* call once, after all names are added */
/* Adds the names of a directory, read from its beginning. false with errno; E2BIG with more than MAX_NAMES. */
bool names_read(struct names *n, int dir);
void names_free(struct names *n);

struct file_id {
    dev_t device;
    ino_t inode;
};
bool file_id_of(int fd, struct file_id *p);
/* Opens the parent of a directory, which it closes in any case. -1 with errno, ESTALE if the directory was moved. */
int go_up(int dir, const struct file_id *parent);
/* Opens, by O_PATH, the directory of a path's last component; *name points into the path. -1 with errno. */
int open_parent(const char *path, const char **name);
/* Opens the subdirectory `name` without following links. -1 with errno; with `same_mount`, EXDEV if something is mounted there. */
int go_down(int dir, const char *name, bool same_mount);

#endif
