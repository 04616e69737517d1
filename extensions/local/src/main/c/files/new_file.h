/* Functions for files that a request creates: owner, parent directories, space on the disk. */
#ifndef SANDBOXER_NEW_FILE_H
#define SANDBOXER_NEW_FILE_H

#include "common/users.h"

/* Change the owner. Do nothing in a sandbox with a single uid. false with errno. */
bool set_owner_fd(int fd, const struct user *u);
bool set_owner(const char *path, const struct user *u);
/* Creates the missing parent directories. false with errno. */
bool make_parents(const char *path, const struct user *u);

/* Writes the data to the host's disk, to find out whether that has space: the sandbox's disk is sparse, and the kernel would notice a full
 * host disk only later and report no error. Does not wait for a flush, since a sandbox does not outlive its host. false with errno. */
bool write_out(int fd);

#endif
