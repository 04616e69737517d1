/* The sandbox's disk, an ext4 image in a file. */
#ifndef SANDBOXER_IMAGE_H
#define SANDBOXER_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

/* Copies the file sparsely to a new one; *created tells whether there is now something to remove. */
bool image_copy(const char *from, const char *to, int64_t deadline, bool *created);
/* Gives this process and its children a mount namespace of their own; the host does not see its mounts. Namespaces made from
 * here on see what is mounted in ours until seal_mounts(), so that bubblewrap can start while the disk is made. */
bool own_mounts(void);
bool seal_mounts(void);

/* Mounts the image on a directory. With `from` it is made first, as a copy of that; *created as above. */
bool image_mount(const char *from, const char *image, const char *directory, int64_t deadline, bool *created);
/* The same with a directory of the host, where there are no loop devices. */
bool tree_mount(const char *tree, const char *directory);

/* Returns true if the path below the directory leads to a regular file without any link or mount on the way, since bubblewrap
 * follows those. The image of a former sandbox may have been made hostile. */
bool is_real_file(const char *directory, const char *path);

#endif
