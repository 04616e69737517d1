#ifndef SANDBOXER_START_H
#define SANDBOXER_START_H

#include "loop/conn.h"

void start_request(struct conn *c, const unsigned char *payload, size_t n);

#endif
