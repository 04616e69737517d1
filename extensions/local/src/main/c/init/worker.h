#ifndef SANDBOXER_WORKER_H
#define SANDBOXER_WORKER_H

#include "loop/conn.h"

void worker_request(struct conn *c, uint8_t type, const unsigned char *payload, size_t n);

#endif
