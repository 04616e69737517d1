/* image.c: the sandbox's disk, an ext4 image in a file. */
#ifndef SANDBOXER_IMAGE_H
#define SANDBOXER_IMAGE_H

#include <stdbool.h>
#include <stdint.h>

/* Copies the file sparsely to a new one; *created tells whether there is now something to remove. */
bool image_copy(const char *from, const char *to, int64_t deadline, bool *created);
/* Gives this process and its children a mount namespace that no mount leaves. Whoever gets a namespace of its own from
 * here on sees what is mounted in ours, until seal_mounts(): so that bubblewrap can be on its way while the disk is made. */
bool own_mounts(void);
bool seal_mounts(void);

/* Mounts the image on a directory. With `from` it is made first, as a copy of that; *created as above. */
bool image_mount(const char *from, const char *image, const char *directory, int64_t deadline, bool *created);
/* The same with a directory of the host, where there are no loop devices. */
bool tree_mount(const char *tree, const char *directory);

/* Whether the path below the directory leads to a regular file by no link and no mount, as bubblewrap follows those. What
 * the image of a former sandbox holds was made by hostile hands. */
bool is_real_file(const char *directory, const char *path);

#endif
