/* What the parts of the agent offer each other. */
#ifndef SANDBOXER_AGENT_H
#define SANDBOXER_AGENT_H

#include "common/wire.h"

#include <sys/types.h>

int launch_main(int argc, char **argv);   /* launch.c */
int end_main(int argc, char **argv);      /* end.c */
int snapshot_main(int argc, char **argv); /* snapshot.c */
int init_main(int argc, char **argv);     /* init.c */
int sudo_main(int argc, char **argv);     /* sudo_client.c */

/* seccomp.c: writes the compiled filter (array of struct sock_filter) to a memfd and returns it, -1 with errno. */
int seccomp_program_fd(void);

/* users.c: /etc/passwd and /etc/group of the sandbox, read without NSS; hostile content is bounded (1 MiB, 4 KiB a line). */
struct user {
    uid_t uid;
    gid_t gid;
    gid_t groups[64];
    int ngroups;
    char name[256], home[4096], shell[4096];
};
/* name "" = `user` when there is one, else root; a decimal uid is taken too. false: unknown. */
bool find_user(const char *name, struct user *u);
void user_name(uid_t uid, char *out, size_t n);  /* decimal when unknown */
void group_name(gid_t gid, char *out, size_t n);
/* ~, ~/x, "", relative: below home; false with *code and message in err when it can't be. out has PATH_MAX bytes. */
bool expand_path(const char *path, const struct user *u, char *out, enum error_code *code, char *err, size_t errn);

/* files.c: serves one file request to its end on a blocking descriptor, in a forked worker; type is the request's. */
void serve_file_request(int fd, uint8_t type, const unsigned char *payload, size_t n);
/* errors.c */
enum error_code code_of_errno(int e);
const char *fork_failure(int e); /* in words, and which limit it was */

/* watch.c: the same for WATCH. */
void serve_watch(int fd, const unsigned char *payload, size_t n);
/* entry.c: appends the values of an entry (no frame). false with errno. */
bool out_entry(struct out *o, const char *name, const char *path);

#endif
