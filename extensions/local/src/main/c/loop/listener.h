/* Accepts connections, even if descriptors or memory run out. */
#ifndef SANDBOXER_LISTENER_H
#define SANDBOXER_LISTENER_H

#include "loop/loop.h"

struct listener {
    struct source source;
    struct timer pause;
    void (*accepted)(int fd);
};
bool listener_open(struct listener *l, int fd, void (*accepted)(int fd));

#endif
