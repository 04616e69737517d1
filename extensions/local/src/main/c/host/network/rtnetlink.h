/* Network interfaces, made and set up over rtnetlink. A socket works on the network namespace in which it was opened, even after
 * the process has entered another. All functions return false with errno. */
#ifndef SANDBOXER_RTNETLINK_H
#define SANDBOXER_RTNETLINK_H

#include <stdbool.h>
#include <stdint.h>

int rt_open(void); /* -1 with errno */

/* Makes a pair of connected interfaces: `name` in this namespace, and `peer` with the given index in the other.
 * EEXIST: an interface with one of the names or with that index exists. */
bool rt_veth(int rt, const char *name, const char *peer, int peer_namespace, int peer_index);
bool rt_up(int rt, int index);
bool rt_address(int rt, int index, uint32_t address, unsigned prefix); /* the address in host byte order */
bool rt_default_route(int rt, int index, uint32_t gateway);

#endif
