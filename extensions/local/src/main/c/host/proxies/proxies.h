/* The programs that enforce network rules on domains: dnsmasq answers only for allowed names, nginx forwards HTTP by its Host header and
 * TLS by its server name. They run in the sandbox's pid and network namespaces, as a user that nobody inside can become or signal, with a
 * root directory of little more than /usr, and end with the sandbox's first process. */
#ifndef SANDBOXER_PROXIES_H
#define SANDBOXER_PROXIES_H

#include "host/cgroup.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct proxies {
    const char *dnsmasq, *dnsmasq_config, *nginx, *nginx_config; /* paths of programs and their configurations; all or none */
};

/* The sandbox in which they run. */
struct proxy_place {
    const char *stage;            /* a directory to mount on; only the proxies see the mount */
    const struct cgroups *groups; /* the sandbox's */
    pid_t pid;                    /* its first process */
    int network;                  /* descriptor of its network namespace or of its first process */
    int64_t deadline;
};

/* Sets an option of the command line; false if it is no option of the proxies. */
bool proxies_option(struct proxies *p, const char *name, const char *value);
bool proxies_complete(const struct proxies *p); /* false after fail() if some options are missing */
bool proxies_wanted(const struct proxies *p);

/* Starts the proxies and waits until they answer. Moves the caller into the sandbox's network namespace. Returns false after
 * fail(). */
bool proxies_start(const struct proxies *p, const struct proxy_place *place);

/* Kills the sandbox's proxies and waits until they have ended. Returns false after fail(). */
bool proxies_stop(const struct proxy_place *place);

#endif
