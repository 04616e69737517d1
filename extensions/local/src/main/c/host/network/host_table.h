/* The packet filter rules of the host, which are the same for all sandboxes. */
#ifndef SANDBOXER_HOST_TABLE_H
#define SANDBOXER_HOST_TABLE_H

#include <stdbool.h>

/* Returns a file for `nft -f`, at its beginning; -1 after fail().
 * forwards: true if this host forwards packets already. If false, forwarding is about to be switched on for sandboxes only: the table drops
 * all other packets that the host would then forward. */
int host_table(bool forwards);

#endif
