#ifndef SANDBOXER_DIAL_H
#define SANDBOXER_DIAL_H

#include "loop/conn.h"

void dial_request(struct conn *c, const unsigned char *payload, size_t n);

#endif
