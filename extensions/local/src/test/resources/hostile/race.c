/* Replaces files and directories without pause, while the host works on them. */
#include "attack.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>

enum { TURNS_BEFORE_REPORT = 50, SUBS = 8 };

static uint64_t state;
static char bait[128], bait_file[160];

/* splitmix64 */
static unsigned below(unsigned bound) {
    uint64_t z = state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (unsigned)((z ^ z >> 31) % bound);
}

static void make_file(const char *path) {
    close(open(path, O_CREAT | O_WRONLY | O_NONBLOCK, 0644));
}

/* Creates missing files again, since the host's calls remove some. */
static void make_up(void) {
    char path[64];
    mkdir("d", 0755);
    for (int i = 0; i < SUBS; i++) {
        snprintf(path, sizeof path, "d/sub%d", i);
        mkdir(path, 0755);
        snprintf(path, sizeof path, "d/sub%d/file", i);
        make_file(path);
    }
    make_file("d/file");
    mkfifo("d/pipe", 0644);
    (void)!symlink(bait, "d/link");
}

/* Exchanges the path with another file and back many times. Ends with the original in place, but calls in between see the other file. */
static void swap(const char *path) {
    static const char other[] = "other";
    switch (below(5)) {
    case 0: mkfifo(other, 0644); break;
    case 1: (void)!symlink(other, other); break;
    case 2: (void)!symlink(bait_file, other); break;
    default: (void)!symlink(bait, other); break;
    }
    for (unsigned n = 2 * below(50) + 2; n > 0; n--) renameat2(AT_FDCWD, path, AT_FDCWD, other, RENAME_EXCHANGE);
    if (unlink(other) == 0 || errno != EISDIR) return;
    /* the host has removed one of the two meanwhile, and `other` is now the directory */
    char lost[64];
    snprintf(lost, sizeof lost, "lost%llx", (unsigned long long)state);
    rename(other, lost);
}

static void turn(void) {
    char sub[16];
    snprintf(sub, sizeof sub, "d/sub%u", below(SUBS));
    switch (below(8)) {
    case 0: swap("d"); break;
    case 1: swap("d/file"); break;
    case 2: rename("d", "gone"); rename("gone", "d"); break;
    case 3: make_up(); break;
    default: swap(sub); break;
    }
}

/* race SEED BAIT: in the working directory, exchanges `d` and its entries with links to the bait and with FIFOs. Never ends. */
void attack_race(char **arguments) {
    state = strtoull(arguments[0], NULL, 10);
    snprintf(bait, sizeof bait, "%s", arguments[1]);
    snprintf(bait_file, sizeof bait_file, "%s/file", bait);
    make_up();
    for (long n = 0;; n++) {
        turn();
        if (n == TURNS_BEFORE_REPORT) tried("racing", 0);
    }
}
