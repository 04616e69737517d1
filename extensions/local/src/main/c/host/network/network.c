#include "host/network/network.h"

#include "host/host.h"
#include "host/network/host_table.h"
#include "host/network/nft.h"
#include "host/network/rtnetlink.h"
#include "host/network/user_network.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

/* Each sandbox has a pair of addresses of 198.18.0.0/15, one for each end. The name of the interface on the host contains the
 * pair's number, so the kernel refuses a number that is in use and frees it when the sandbox's namespace is gone, for whatever
 * reason. */
enum { PAIRS = 65536, FIRST = 0xc6120000, LOOPBACK = 1, OUTSIDE = 2 };

static const char FORWARD[] = "/proc/sys/net/ipv4/ip_forward";

struct setting {
    const char *path, *value;
    bool needed;
};

/* Settings of the sandbox's namespace: IPv6 on loopback only; ports below 1024 and ping without a capability, which nobody
 * inside has. */
static const struct setting INSIDE[] = {
    {"/proc/sys/net/ipv6/conf/default/disable_ipv6", "1", false}, /* not needed: the rules drop IPv6 too */
    {"/proc/sys/net/ipv4/ip_unprivileged_port_start", "0", true},
    {"/proc/sys/net/ipv4/ping_group_range", "0 2147483647", true},
};

static bool configure(const struct launch *l) {
    for (size_t i = 0; i < sizeof INSIDE / sizeof INSIDE[0]; i++) {
        if (!write_file(INSIDE[i].path, INSIDE[i].value) && INSIDE[i].needed) {
            return fail("network", "%s: %s", INSIDE[i].path, strerror(errno));
        }
    }
    return rt_up(l->inside_links, LOOPBACK) || fail("network", "loopback: %s", strerror(errno));
}

bool network_open(struct launch *l) {
    if (l->slirp != NULL) return user_network_open(l);
    l->host_network = open(l->host_network_path == NULL ? "/proc/self/ns/net" : l->host_network_path, O_RDONLY | O_CLOEXEC);
    if (l->host_network < 0 || unshare(CLONE_NEWNET) != 0) {
        return fail("network", "creating a network namespace: %s", strerror(errno));
    }
    l->network = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    l->inside_links = rt_open();
    bool ok = l->network >= 0 && l->inside_links >= 0;
    if (!ok) fail("io", "setting up the network namespace: %s", strerror(errno));
    ok = ok && configure(l);
    return (setns(l->host_network, CLONE_NEWNET) == 0 || fail("io", "setns: %s", strerror(errno))) && ok;
}

bool network_enter(const struct launch *l) {
    bool owned = l->network_owner < 0 || setns(l->network_owner, CLONE_NEWUSER) == 0;
    return l->rules == NULL || (owned && setns(l->network, CLONE_NEWNET) == 0);
}

static bool is_forwarding(void) {
    char byte = '0';
    int fd = open(FORWARD, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || read(fd, &byte, 1) != 1) byte = '0';
    close_quietly(fd);
    return byte != '0';
}

/* Switches the host's forwarding on only after the rules that restrict it are loaded. */
static bool load_rules(const struct launch *l) {
    bool forwarding = is_forwarding();
    int rules = open(l->rules, O_RDONLY | O_CLOEXEC);
    if (rules < 0) return fail("io", "%s: %s", l->rules, strerror(errno));
    int table = host_table(forwarding);
    pid_t inside = nft_start(l->nft, -1, l->network, rules, l->log);
    pid_t host = table < 0 ? -1 : nft_start(l->nft, -1, -1, table, l->log);
    close_quietly(rules);
    close_quietly(table);
    bool ok = nft_await(inside, "the sandbox's rules");
    ok = nft_await(host, "the host's rules") && ok;
    return ok && (forwarding || write_file(FORWARD, "1") || fail("network", "%s: %s", FORWARD, strerror(errno)));
}

/* Skips numbers in use, and those whose interface is still being removed. */
static bool make_pair(const struct launch *l, int links, char *name, uint32_t *pair) {
    uint32_t start = 0;
    if (getrandom(&start, sizeof start, 0) < 0) start = (uint32_t)getpid();
    for (uint32_t i = 0; i < PAIRS; i++) {
        *pair = (start + i) % PAIRS;
        snprintf(name, IFNAMSIZ, "sandboxer%u", *pair);
        if (rt_veth(links, name, "eth0", l->network, OUTSIDE)) return true;
        if (errno != EEXIST) return fail("network", "creating a veth pair: %s", strerror(errno));
    }
    return fail("no_ids", "all %d pairs of network addresses are in use", PAIRS);
}

static bool set_up(const struct launch *l, int links, const char *name, uint32_t pair) {
    uint32_t here = FIRST + 2 * pair, there = here + 1;
    int index = (int)if_nametoindex(name);
    char ipv6[64];
    snprintf(ipv6, sizeof ipv6, "/proc/sys/net/ipv6/conf/%s/disable_ipv6", name);
    write_file(ipv6, "1"); /* may fail: the rules drop IPv6 too */
    bool ok = index > 0 && rt_address(links, index, here, 31) && rt_up(links, index) &&
              rt_address(l->inside_links, OUTSIDE, there, 31) && rt_up(l->inside_links, OUTSIDE) &&
              rt_default_route(l->inside_links, OUTSIDE, here);
    return ok || fail("network", "setting up %s: %s", name, strerror(errno));
}

bool network_connect(struct launch *l) {
    if (l->slirp != NULL) return user_network_connect(l);
    char name[IFNAMSIZ];
    uint32_t pair = 0;
    if (!load_rules(l)) return false;
    int links = rt_open();
    bool ok = links >= 0 || fail("io", "opening a netlink socket: %s", strerror(errno));
    ok = ok && make_pair(l, links, name, &pair) && set_up(l, links, name, pair);
    close_quietly(links);
    return ok;
}

bool network_finish(const struct launch *l) {
    if (l->slirp != NULL) return user_network_await(l);
    struct proxy_place place = {
        .stage = l->stage, .groups = &l->groups, .pid = l->child, .network = l->network, .deadline = l->deadline};
    if (l->rules == NULL || !proxies_wanted(&l->proxies)) return true;
    bool ok = proxies_start(&l->proxies, &place);
    return (setns(l->host_network, CLONE_NEWNET) == 0 || fail("io", "setns: %s", strerror(errno))) && ok;
}
