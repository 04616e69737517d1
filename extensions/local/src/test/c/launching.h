/* Real sandboxes for tests of the roles on the host, made with the real program and bubblewrap in a fresh directory. */
#ifndef SANDBOXER_TEST_LAUNCHING_H
#define SANDBOXER_TEST_LAUNCHING_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { MAX_ARGS = 128 };

#define RANGE "--uid-base 100000 --uid-count 65536"

struct sandbox {
    int pid;
    unsigned long long start;
};

struct command {
    const char *arg[MAX_ARGS];
    size_t count;
};

extern const char *agent, *top; /* the program; the directory everything is in */
extern char groups[4][128];     /* memory, pids, cpu, freezer, as far as this machine has them */
extern size_t group_count;
extern const char *const full; /* options for a sandbox with a disk image */

bool possible(void); /* needs root, bwrap, mkfs.ext4 and loop devices */
void make_host(void); /* the directory with all in it, and the groups; removed at exit */
void make_groups(void);

void add(struct command *c, const char *words);
void add_groups(struct command *c);
pid_t start(const struct command *c, int *output);
/* What the command printed; the end of its output also means that nothing it started has the pipe. */
char *collect(pid_t pid, int output, int *code);
char *run(const struct command *c, int *code);

struct command launch(const char *options, const char *bwrap, const char *more);
struct sandbox launched(const struct command *c);
int end(const struct sandbox *s, unsigned long long start);

bool alive(int pid);
bool loop_left(void); /* a loop device with an image of ours */
bool groups_empty(void);
bool exists(const char *path);

#endif
