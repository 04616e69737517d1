/* User namespaces whose id maps say how a mount shows the owners of its files. */
#ifndef SANDBOXER_ID_MAP_H
#define SANDBOXER_ID_MAP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

bool id_map_write(pid_t pid, uint32_t inside, uint32_t outside, uint32_t count); /* writes uid_map and gid_map; false after fail() */
int id_map_of(pid_t pid); /* opens the namespace of a process; -1 after fail() */
/* Opens a new namespace, in which no process lives; -1 after fail(). */
int id_map_new(uint32_t inside, uint32_t outside, uint32_t count);

#endif
