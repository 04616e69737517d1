/* The address and flags that the sudo client and the agent share. */
#ifndef SANDBOXER_SUDO_SOCKET_H
#define SANDBOXER_SUDO_SOCKET_H

#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

enum { SUDO_TTY = 1, SUDO_DESCRIPTORS = 4 }; /* stdin, stdout, stderr, working directory */

/* Sets an abstract address, which exists in the sandbox's network namespace only. Returns its length. */
static inline socklen_t sudo_address(struct sockaddr_un *a) {
    static const char name[] = "\0sandboxer-sudo";
    *a = (struct sockaddr_un){.sun_family = AF_UNIX};
    __builtin_memcpy(a->sun_path, name, sizeof name - 1);
    return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + sizeof name - 1);
}

#endif
