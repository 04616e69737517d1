#ifndef SANDBOXER_LIST_H
#define SANDBOXER_LIST_H

#include "files/file_request.h"

void serve_list(struct file_request *r);

#endif
