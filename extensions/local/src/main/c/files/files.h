/* File requests, each in a worker process of its own. A worker exits with its request, so it frees little memory. */
#ifndef SANDBOXER_FILES_H
#define SANDBOXER_FILES_H

#include <stddef.h>
#include <stdint.h>

/* Serves one file request to its end on a blocking descriptor, in a forked worker. */
void serve_file_request(int fd, uint8_t type, const unsigned char *payload, size_t n);

#endif
