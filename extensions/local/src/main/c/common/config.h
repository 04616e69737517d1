/* The command line of `init`. */
#ifndef SANDBOXER_CONFIG_H
#define SANDBOXER_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
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
bool parse_config(int argc, char **argv);

#endif
