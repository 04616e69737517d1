/* What the parts of pid 1 share. */
#ifndef SANDBOXER_INIT_H
#define SANDBOXER_INIT_H

#include "loop/conn.h"

#include <sys/resource.h>

struct config {
    int listen, ready;
    uint64_t deadline_ms;
    bool single_uid;
    char *home;
    char **env; /* K=V */
    size_t env_count;
    struct rlimit descriptors; /* as they were, for the children */
};
extern struct config config;
bool parse_config(int argc, char **argv); /* config.c */

/* own_id.c */
/* A uid that nobody else has, with the capabilities kept: so the sandbox's root, who isn't almighty, is a stranger to this
 * process, and can't set its limits or its priority. */
bool take_own_id(void);
/* Nor can anybody become it, root with CAP_SETUID neither: what was said above would be nothing without. Needs
 * no_new_privs; holds for all that is started from here on. */
bool keep_own_id(void);

/* deadline.c */
bool deadline_open(uint64_t ms);
void deadline_set(uint64_t ms); /* 0: does not return */
uint64_t deadline_remaining(void);

/* listener.c: accepts for ever, whatever runs out */
struct listener {
    struct source source;
    struct timer pause;
    void (*accepted)(int fd);
};
bool listener_open(struct listener *l, int fd, void (*accepted)(int fd));

void serve_host(int fd);                                                             /* requests.c */
void start_request(struct conn *c, const unsigned char *payload, size_t n);          /* start.c */
void dial_request(struct conn *c, const unsigned char *payload, size_t n);           /* dial.c */
void worker_request(struct conn *c, uint8_t type, const unsigned char *payload, size_t n); /* worker.c */
bool sudo_open(void);                                                                /* sudo_server.c */

#endif
