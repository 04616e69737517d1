#include "host/state/launch_options.h"

#include "host/host.h"

#include <arpa/inet.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

static bool set_number(const char *text, uint64_t max, uint32_t *value) {
    uint64_t n;
    if (!parse_number(text, max, &n)) return false;
    *value = (uint32_t)n;
    return true;
}

static bool add_directory(const char **list, size_t *count, const char *path) {
    if (*count == MAX_SYSTEM || path[0] == '\0' || path[0] == '/' || strstr(path, "..") != NULL) return false;
    list[(*count)++] = path;
    return true;
}

/* Accepts IPv4 addresses only, because the text is written to a file. */
static bool add_resolver(struct launch *l, const char *address) {
    struct in_addr parsed;
    if (l->resolver_count == MAX_RESOLVERS || inet_pton(AF_INET, address, &parsed) != 1) return false;
    l->resolver[l->resolver_count++] = address;
    return true;
}

static bool set_option(struct launch *l, const char *name, const char *value) {
    uint32_t ms;
    if (strcmp(name, "--socket") == 0) l->socket = value;
    else if (strcmp(name, "--image") == 0) l->image = value;
    else if (strcmp(name, "--image-copy") == 0) l->image_copy = value;
    else if (strcmp(name, "--tree") == 0) l->tree = value;
    else if (strcmp(name, "--stage") == 0) l->stage = value;
    else if (strcmp(name, "--real-file") == 0) l->real_file = value;
    else if (strcmp(name, "--programs") == 0) l->programs = value;
    else if (strcmp(name, "--system") == 0) return add_directory(l->system, &l->system_count, value);
    else if (strcmp(name, "--layer") == 0) return add_directory(l->layer, &l->layer_count, value);
    else if (strcmp(name, "--ranges") == 0) l->ranges = value;
    else if (strcmp(name, "--nft") == 0) l->nft = value;
    else if (strcmp(name, "--network-rules") == 0) l->rules = value;
    else if (strcmp(name, "--network-count") == 0) l->count_file = value;
    else if (strcmp(name, "--slirp") == 0) l->slirp = value;
    else if (strcmp(name, "--host-network") == 0) l->host_network_path = value;
    else if (strcmp(name, "--resolver") == 0) return add_resolver(l, value);
    else if (strcmp(name, "--bwrap") == 0) l->bwrap = value;
    else if (strcmp(name, "--cgroup-v1") == 0) return cgroup_add(&l->groups, value, false);
    else if (strcmp(name, "--cgroup-v2") == 0) return cgroup_add(&l->groups, value, true);
    else if (strcmp(name, "--uid-base") == 0) return set_number(value, UINT32_MAX, &l->uid_base);
    else if (strcmp(name, "--uid-count") == 0) return set_number(value, UINT32_MAX, &l->uid_count);
    else if (strcmp(name, "--timeout-ms") == 0) {
        if (!set_number(value, INT_MAX, &ms)) return false;
        l->deadline = monotonic_ms() + ms;
    } else {
        return proxies_option(&l->proxies, name, value);
    }
    return true;
}

/* Refuses to map the host's uid 0, and a range that reaches the kernel's "no uid" or wraps around to 0. */
static bool valid_range(struct launch *l, bool base_given) {
    l->map_range = base_given;
    if (!base_given) return l->uid_count == 0 && geteuid() != 0; /* without a range bubblewrap would map root itself */
    return l->uid_base > 0 && l->uid_count > 0 && (uint64_t)l->uid_base + l->uid_count <= UINT32_MAX;
}

bool launch_options(struct launch *l, int argc, char **argv) {
    bool base_given = false;
    int i = 1;
    while (i < argc && l->bwrap == NULL) { /* --bwrap is the last option; bubblewrap's own arguments follow */
        if (i + 1 == argc) return fail("usage", "%s needs a value", argv[i]);
        if (!set_option(l, argv[i], argv[i + 1])) return fail("usage", "invalid option %s %s", argv[i], argv[i + 1]);
        base_given = base_given || strcmp(argv[i], "--uid-base") == 0;
        i += 2;
    }
    l->bwrap_args = argv + i;
    while (i < argc && strcmp(argv[i], "--") != 0) {
        l->bwrap_argc++;
        i++;
    }
    if (i == argc) return fail("usage", "no `--` after the arguments for bubblewrap");
    l->init_args = argv + i + 1;
    l->init_argc = argc - i - 1;
    if (l->socket == NULL || l->deadline == 0) return fail("usage", "--socket and --timeout-ms are needed");
    if (l->image_copy != NULL && l->tree != NULL) return fail("usage", "--image-copy or --tree, not both");
    if ((l->image_copy == NULL && l->tree == NULL) != (l->stage == NULL)) {
        return fail("usage", "--stage goes with --image-copy or --tree");
    }
    if (l->stage == NULL && (l->real_file != NULL || l->programs != NULL || l->system_count > 0 || l->layer_count > 0 ||
                             l->ranges != NULL)) {
        return fail("usage", "--real-file, --programs, --system, --layer and --ranges need --stage");
    }
    if (l->image != NULL && l->image_copy == NULL) return fail("usage", "--image needs --image-copy");
    if (l->stage != NULL && !base_given) return fail("usage", "--stage needs --uid-base"); /* bubblewrap waits for the uid map */
    if ((l->rules == NULL) != (l->nft == NULL)) return fail("usage", "--network-rules and --nft go together");
    if ((l->rules != NULL && l->stage == NULL) != (l->slirp != NULL)) {
        return fail("usage", "--network-rules needs --stage or, for a plain user, --slirp");
    }
    if (!proxies_complete(&l->proxies)) return false;
    if (l->rules == NULL && proxies_wanted(&l->proxies)) return fail("usage", "--dnsmasq and --nginx need --network-rules");
    if (!valid_range(l, base_given)) return fail("usage", "--uid-base, --uid-count: root needs a range above 0");
    l->shared_base = l->uid_base;
    return true;
}
