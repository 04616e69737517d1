/* What files that a request makes have in common: owner, parent directories, room on the disk. */
#ifndef SANDBOXER_NEW_FILE_H
#define SANDBOXER_NEW_FILE_H

#include "common/users.h"

/* Change the owner. A sandbox with a single uid can't do that, and needs not: no error. */
bool give_fd(int fd, const struct user *u);
bool give_path(const char *path, const struct user *u);
/* Makes the missing directories above. false with errno. */
bool make_parents(const char *path, const struct user *u);

/* Writes data out, as far as the host's memory. The sandbox's disk is sparse: when the host's disk is full the kernel would
 * find out later, and tell nobody. Does not wait for a flush, as a sandbox does not outlive its host. false with errno. */
bool written_out(int fd);

#endif
