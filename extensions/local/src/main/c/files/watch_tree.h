/* The directories that one watch covers. */
#ifndef SANDBOXER_WATCH_TREE_H
#define SANDBOXER_WATCH_TREE_H

#include <stdbool.h>
#include <stddef.h>

enum { MAX_WATCHED = 16384 };

struct watched {
    int descriptor; /* of inotify */
    char *path;     /* relative to the top; "": the top itself */
};

struct watch_tree {
    int inotify;
    const char *top;
    struct watched *watched; /* sorted by descriptor */
    size_t count, allocated;
    /* Called for each entry found in new directories. */
    void (*found)(void *context, const char *path);
    void *context;
};

/* Watches the top itself. false with errno. */
bool watch_top(struct watch_tree *t);
/* Watches a directory and all below it; with `report`, calls t->found. Skips what can't be read or is gone. false with errno:
 * ENOSPC if there are too many. */
bool watch_below(struct watch_tree *t, const char *path, bool report);
const char *watch_path(const struct watch_tree *t, int descriptor); /* NULL: unknown */
void watch_forget(struct watch_tree *t, int descriptor);            /* after the kernel has dropped it */
void watch_drop(struct watch_tree *t, const char *path);            /* for a directory that was moved out of the tree */
void watch_rename(struct watch_tree *t, const char *from, const char *to);
/* Returns dir/name in a new string; the name alone if dir is "". */
char *join_path(const char *dir, const char *name);

#endif
