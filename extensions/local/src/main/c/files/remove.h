#ifndef SANDBOXER_REMOVE_H
#define SANDBOXER_REMOVE_H

#include "files/file_request.h"

void serve_remove(struct file_request *r);
/* Removes a tree; a missing one is success. false with errno: EXDEV at a mount point, ECANCELED if the peer is gone (-1: no
 * peer). */
bool remove_tree(const char *path, int peer);

#endif
