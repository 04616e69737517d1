#include "process/descriptors.h"

#include <unistd.h>

/* Returns the lowest descriptor to keep from `from` on; -1: none. */
static int next_kept(const int *kept, int from) {
    int next = -1;
    for (int i = 0; i < 4; i++) {
        if (kept[i] >= from && (next < 0 || kept[i] < next))
            next = kept[i];
    }
    return next;
}

void close_all_but(int a, int b, int c, int d) {
    const int kept[] = {a, b, c, d};
    int from = 3;
    for (int next; (next = next_kept(kept, from)) >= 0; from = next + 1) {
        if (next > from)
            close_range((unsigned)from, (unsigned)next - 1, 0);
    }
    close_range((unsigned)from, ~0U, 0);
}
