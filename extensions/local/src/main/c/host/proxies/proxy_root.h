/* The root directory of a program that reads hostile input. */
#ifndef SANDBOXER_PROXY_ROOT_H
#define SANDBOXER_PROXY_ROOT_H

#include <stdbool.h>
#include <sys/types.h>

/* Moves the caller into a mount namespace of its own that has only the host's /usr, two devices, an empty /tmp of that user, and
 * a copy of the file as /config. False with errno. */
bool proxy_root_enter(const char *stage, int config, uid_t user);

#endif
