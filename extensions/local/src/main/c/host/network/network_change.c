/* Replaces the network rules of a running sandbox. nft(8) does so in one transaction; from then on the old proxies reach only
 * what the new rules allow. The old proxies are ended before the new ones start. */
#include "common/roles.h"

#include "host/cgroup.h"
#include "host/host.h"
#include "host/network/nft.h"
#include "host/network/user_network.h"
#include "host/proxies/proxies.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

struct change {
    uint64_t pid, start, timeout;
    const char *nft, *rules, *stage;
    struct cgroups groups;
    struct proxies proxies;
};

static bool parse(struct change *c, int argc, char **argv) {
    for (int i = 1; i + 1 < argc; i += 2) {
        const char *name = argv[i], *value = argv[i + 1];
        if (strcmp(name, "--pid") == 0) {
            if (!parse_number(value, INT_MAX, &c->pid)) return false;
        } else if (strcmp(name, "--start") == 0) {
            if (!parse_number(value, UINT64_MAX, &c->start)) return false;
        } else if (strcmp(name, "--nft") == 0) {
            c->nft = value;
        } else if (strcmp(name, "--network-rules") == 0) {
            c->rules = value;
        } else if (strcmp(name, "--stage") == 0) {
            c->stage = value;
        } else if (strcmp(name, "--timeout-ms") == 0) {
            if (!parse_number(value, INT_MAX, &c->timeout)) return false;
        } else if (strcmp(name, "--cgroup-v1") == 0 || strcmp(name, "--cgroup-v2") == 0) {
            if (!cgroup_add(&c->groups, value, strcmp(name, "--cgroup-v2") == 0)) return false;
        } else if (!proxies_option(&c->proxies, name, value)) {
            return false;
        }
    }
    return proxies_complete(&c->proxies) && argc % 2 == 1 && c->pid > 1 && c->nft != NULL && c->rules != NULL && c->stage != NULL;
}

/* `network` may be a descriptor of a namespace or of a process in it. */
static bool load(const struct change *c, int owner, int network, int rules) {
    return nft_await(nft_start(c->nft, owner, network, rules, STDERR_FILENO), "the sandbox's rules");
}

/* A plain user may change the network namespace only as root of the user namespace that owns it. */
static bool load_as_owner(const struct change *c, int rules) {
    int network, owner = user_network_of((pid_t)c->pid, &network);
    uint64_t found;
    bool ok = owner >= 0 || fail("network", "opening the sandbox's network namespace: %s", strerror(errno));
    ok = ok && ((start_time_of((pid_t)c->pid, &found) && found == c->start) || fail("gone", "the sandbox has ended"));
    ok = ok && load(c, owner, network, rules);
    close_quietly(owner);
    close_quietly(network);
    return ok;
}

static bool change(const struct change *c) {
    int process = open_process((pid_t)c->pid, c->start);
    if (process < 0) return fail("gone", "the sandbox has ended");
    int rules = open(c->rules, O_RDONLY | O_CLOEXEC);
    bool ok = rules >= 0 || fail("io", "%s: %s", c->rules, strerror(errno));
    ok = ok && (geteuid() == 0 ? load(c, -1, process, rules) : load_as_owner(c, rules));
    if (ok && geteuid() == 0) { /* a plain user's sandboxes have no proxies */
        struct proxy_place place = {.stage = c->stage,
                                    .groups = &c->groups,
                                    .pid = (pid_t)c->pid,
                                    .network = process,
                                    .deadline = monotonic_ms() + (int64_t)c->timeout};
        ok = proxies_stop(&place) && (!proxies_wanted(&c->proxies) || proxies_start(&c->proxies, &place));
    }
    close_quietly(rules);
    close_quietly(process);
    return ok;
}

int network_main(int argc, char **argv) {
    struct change c = {0};
    if (!parse(&c, argc, argv)) {
        fail("usage", "network --pid P --start T --stage DIR --nft PATH --network-rules FILE --timeout-ms N");
        return report_failure("");
    }
    return change(&c) ? 0 : report_failure("");
}
