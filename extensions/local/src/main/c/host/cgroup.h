/* The control groups of one sandbox, created by the host. Version 1 has a directory for each controller. */
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

bool cgroup_add(struct cgroups *groups, const char *dir, bool v2); /* false: too many, or not an absolute path */
bool cgroup_enter(const char *dir, bool v2);                       /* moves this single-threaded process; false with errno */
/* Returns true if the group contains this process or child groups: it then does not belong to one sandbox, but perhaps to the whole
 * machine. */
bool cgroup_is_shared(const char *dir);
bool cgroup_is_frozen(const char *dir, bool v2); /* true if every process in it is frozen */
bool cgroup_freeze(const char *dir, bool v2, int64_t deadline); /* waits until every process is frozen; false after fail() */
void cgroup_thaw(const char *dir, bool v2);
void cgroup_kill(const char *dir, bool v2);

#endif
