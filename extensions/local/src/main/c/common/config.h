/* The command line of `init`. */
#ifndef SANDBOXER_CONFIG_H
#define SANDBOXER_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>

struct config {
    int listen, ready;
    int held;  /* never closed by init: when it closes, the sandbox has ended; -1: none */
    int count; /* a file of the host that gets the network traffic; -1: none */
    uint64_t deadline_ms;
    bool single_uid;
    char *home;
    char **env; /* K=V */
    size_t env_count;
    struct rlimit descriptors; /* the limits before init raised them; children get these */
};
extern struct config config;
bool parse_config(int argc, char **argv);

#endif
