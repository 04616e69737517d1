#include "host/stage/resolvers.h"

#include "host/disk/mounts.h"
#include "host/host.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char NAME[] = "resolv.conf";

static void replace(int etc, const char *text) {
    unlinkat(etc, NAME, 0);
    int file = openat(etc, NAME, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (file >= 0 && write(file, text, strlen(text)) < 0) unlinkat(etc, NAME, 0);
    close_quietly(file);
}

void resolvers_put(const struct launch *l, int root) {
    char text[MAX_RESOLVERS * 32 + 1] = "";
    size_t n = 0;
    for (size_t i = 0; i < l->resolver_count; i++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "nameserver %s\n", l->resolver[i]);
    }
    int etc = n == 0 ? -1 : open_beneath(root, "etc", false);
    if (etc >= 0) replace(etc, text);
    close_quietly(etc);
}
