/* The role of a connection that is attached to a process. */
#ifndef SANDBOXER_STREAM_H
#define SANDBOXER_STREAM_H

#include "loop/conn.h"

extern const struct role stream_role;

#endif
