/* /etc/passwd and /etc/group of the sandbox, read without NSS. Their content may be hostile: at most 1 MiB is read, and 4 KiB
 * of a line. */
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

/* By name or decimal uid; "" is `user` when there is one, else root. false: unknown. */
bool find_user(const char *name, struct user *u);
void user_name(uid_t uid, char *out, size_t n); /* decimal when unknown */
void group_name(gid_t gid, char *out, size_t n);

#endif
