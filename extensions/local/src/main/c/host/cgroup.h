/* The control groups that the host has made for one sandbox. Version 1 has a directory for each controller. */
#ifndef SANDBOXER_CGROUP_H
#define SANDBOXER_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAX_CGROUPS = 32 };

struct cgroups {
    const char *dir[MAX_CGROUPS];
    bool v2[MAX_CGROUPS];
    size_t count;
};

bool cgroup_add(struct cgroups *groups, const char *dir, bool v2); /* false: too many, or no absolute path */
bool cgroup_enter(const char *dir, bool v2);                       /* this process, single-threaded; false with errno */
/* Returns true if it contains this process or further groups. Then it is not a sandbox's, but perhaps the whole machine's. */
bool cgroup_is_shared(const char *dir);
bool cgroup_is_frozen(const char *dir, bool v2); /* all of it */
bool cgroup_freeze(const char *dir, bool v2, int64_t deadline); /* returns when all stands still; false after fail() */
void cgroup_thaw(const char *dir, bool v2);
void cgroup_kill(const char *dir, bool v2);

#endif
