#ifndef SANDBOXER_MOVE_H
#define SANDBOXER_MOVE_H

#include "files/file_request.h"

void serve_move(struct file_request *r);

#endif
