/* Real sandboxes for tests of the roles on the host, made with the real agent and bubblewrap in a new directory. */
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

extern const char *agent, *top; /* agent: the path of the program; top: the directory that contains all files of the test */
extern char groups[4][128];     /* memory, pids, cpu, freezer: those that this machine has */
extern size_t group_count;
extern const char *const full; /* options for a sandbox with a disk image */

bool possible(void);  /* true with root, bwrap, mkfs.ext4 and loop devices */
void make_host(void); /* makes the directory with its files, and the groups; removes them at exit */
void make_groups(void);

void add(struct command *c, const char *words);
void add_groups(struct command *c);
pid_t start(const struct command *c, int *output);
/* Returns what the command printed. Reads to the end of the output, which comes only when no process that the command started has the pipe
 * open. */
char *collect(pid_t pid, int output, int *code);
char *run(const struct command *c, int *code);

struct command launch(const char *options, const char *bwrap, const char *more);
struct sandbox launched(const struct command *c);
int end(const struct sandbox *s, unsigned long long start);

bool alive(int pid);
bool loop_left(void); /* true if a loop device still has one of the test's images */
bool groups_empty(void);
bool exists(const char *path);

#endif
