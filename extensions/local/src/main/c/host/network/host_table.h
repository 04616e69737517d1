/* The packet filter rules of the host, which are the same for all sandboxes. */
#ifndef SANDBOXER_HOST_TABLE_H
#define SANDBOXER_HOST_TABLE_H

#include <stdbool.h>

/* Returns a file for `nft -f`, at its beginning; -1 after fail().
 * forwards: this host forwards packets already. If not, forwarding is about to be switched on for sandboxes, and all other
 * packets that would be forwarded then are dropped. */
int host_table(bool forwards);

#endif
