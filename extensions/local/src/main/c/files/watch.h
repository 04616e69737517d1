#ifndef SANDBOXER_WATCH_H
#define SANDBOXER_WATCH_H

#include <stddef.h>

/* Serves one WATCH request to its end on a blocking descriptor, in a forked worker. */
void serve_watch(int fd, const unsigned char *payload, size_t n);

#endif
