#ifndef SANDBOXER_SUDO_SERVER_H
#define SANDBOXER_SUDO_SERVER_H

#include <stdbool.h>

bool sudo_open(void);

#endif
