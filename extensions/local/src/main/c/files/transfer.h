#ifndef SANDBOXER_TRANSFER_H
#define SANDBOXER_TRANSFER_H

#include "files/file_request.h"

void serve_read(struct file_request *r);
void serve_write(struct file_request *r);

#endif
