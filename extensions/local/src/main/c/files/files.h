/* File requests, each in a worker process of its own. Below this are list.c, transfer.c (READ and WRITE), move.c, remove.c and
 * copy.c, and below those names.c, new_file.c and file_request.c. Workers end with their request and free little. */
#ifndef SANDBOXER_FILES_H
#define SANDBOXER_FILES_H

#include <stddef.h>
#include <stdint.h>

/* Serves one file request to its end on a blocking descriptor, in a forked worker. */
void serve_file_request(int fd, uint8_t type, const unsigned char *payload, size_t n);

#endif
