/* Runs the host's nft(8), which puts packet filters in place. */
#ifndef SANDBOXER_NFT_H
#define SANDBOXER_NFT_H

#include <stdbool.h>
#include <sys/types.h>

/* Starts `nft -f` with the descriptor `rules` as its input, in a network namespace (-1: the current one) and as root of the user
 * namespace `owner` (-1: the current one). Its errors go to `log`. Returns the process; -1 after fail(). */
pid_t nft_start(const char *nft, int owner, int network, int rules, int log);
bool nft_await(pid_t pid, const char *what); /* `what` names the rules in the message; false after fail() */

#endif
