/* The directories of a watch. */
#ifndef SANDBOXER_WATCH_TREE_H
#define SANDBOXER_WATCH_TREE_H

#include <stdbool.h>
#include <stddef.h>

enum { MAX_WATCHED = 16384 };

struct watched {
    int descriptor; /* inotify's */
    char *path;     /* below the top, "" for itself */
};

struct watch_tree {
    int inotify;
    const char *top;
    struct watched *watched; /* by descriptor */
    size_t count, allocated;
    /* Called with each thing found in new directories. */
    void (*found)(void *context, const char *path);
    void *context;
};

/* The top itself. false with errno. */
bool watch_top(struct watch_tree *t);
/* A directory and all below it; `tell` calls t->found. What can't be read or is gone is passed over. false with errno:
 * ENOSPC when there are too many. */
bool watch_below(struct watch_tree *t, const char *path, bool tell);
const char *watch_path(const struct watch_tree *t, int descriptor); /* NULL: unknown */
void watch_forget(struct watch_tree *t, int descriptor);            /* the kernel has dropped it */
void watch_drop(struct watch_tree *t, const char *path);            /* a directory that left the tree */
void watch_rename(struct watch_tree *t, const char *from, const char *to);
/* dir/name in a fresh string; dir "" gives the name alone. */
char *join_path(const char *dir, const char *name);

#endif
