/* Translates errno into errors of the protocol. */
#ifndef SANDBOXER_ERRORS_H
#define SANDBOXER_ERRORS_H

#include "common/wire.h"

enum error_code code_of_errno(int e);
const char *fork_error_message(int e); /* returns a message; EAGAIN means that the process limit was reached */

#endif
