/* The sandbox's disk, an ext4 image in a file. */
#ifndef SANDBOXER_IMAGE_H
#define SANDBOXER_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

/* Copies the file to a new one and keeps its holes. *created is set once the new file exists, so that a failure can remove it. */
bool image_copy(const char *from, const char *to, int64_t deadline, bool *created);
/* Gives this process and its children a mount namespace of their own, whose mounts the host does not see. Namespaces made from
 * it see what is mounted here later, until seal_mounts(): so bubblewrap can start before the disk is mounted. */
bool unshare_mounts(void);
bool seal_mounts(void);

/* Mounts the image on a directory. With `from`, first creates the image as a copy of that file; *created as above. */
bool image_mount(const char *from, const char *image, const char *directory, int64_t deadline, bool *created);
/* Bind-mounts a directory of the host, for hosts without loop devices. */
bool tree_mount(const char *tree, const char *directory);

/* Returns true if the path below the directory leads to a regular file without any link or mount on the way. bubblewrap would
 * follow those, and the image of a former sandbox may be hostile. */
bool is_real_file(const char *directory, const char *path);

#endif
