/* Reads the sandbox's /etc/passwd and /etc/group without NSS. They may be hostile: only 1 MiB is read, and lines of 4 KiB are
 * skipped. */
#ifndef SANDBOXER_USERS_H
#define SANDBOXER_USERS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct user {
    uid_t uid;
    gid_t gid;
    gid_t groups[64];
    int ngroups;
    char name[256], home[4096], shell[4096];
};

/* Finds a user by name or decimal uid; "" means `user`, or root if there is no `user`. A uid need not be in the file. false:
 * unknown. */
bool find_user(const char *name, struct user *u);
/* Finds a group by name or decimal gid. false: unknown. */
bool find_group(const char *name, gid_t *gid);
void user_name(uid_t uid, char *out, size_t n); /* the number if unknown */
void group_name(gid_t gid, char *out, size_t n);

#endif
