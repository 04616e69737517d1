#include "common/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct config config = {.listen = -1, .ready = -1, .held = -1, .count = -1};

static bool parse_number(const char *text, uint64_t *out) {
    char *end;
    if (*text < '0' || *text > '9')
        return false;
    *out = strtoull(text, &end, 10);
    return *end == 0;
}

static bool parse_descriptor(const char *text, int *out) {
    uint64_t n;
    if (!parse_number(text, &n) || n < 3 || n > 1000)
        return false;
    *out = (int)n;
    return true;
}

/* Copies the strings it keeps, since the arguments are wiped later. */
static bool set(const char *name, const char *value) {
    if (strcmp(name, "--listen") == 0)
        return parse_descriptor(value, &config.listen);
    if (strcmp(name, "--ready") == 0)
        return parse_descriptor(value, &config.ready);
    if (strcmp(name, "--hold") == 0)
        return parse_descriptor(value, &config.held);
    if (strcmp(name, "--network-count") == 0)
        return parse_descriptor(value, &config.count);
    if (strcmp(name, "--deadline-ms") == 0)
        return parse_number(value, &config.deadline_ms) && config.deadline_ms > 0;
    if (strcmp(name, "--home") == 0 && value[0] == '/') {
        config.home = strdup(value);
        return config.home;
    }
    if (strcmp(name, "--env") == 0 && value[0] != '=' && strchr(value, '=')) {
        config.env[config.env_count] = strdup(value);
        return config.env[config.env_count++];
    }
    return false;
}

bool parse_config(int argc, char **argv) {
    config.env = calloc((size_t)argc + 1, sizeof *config.env);
    for (int i = 1; config.env && i < argc; i++) {
        if (strcmp(argv[i], "--single-uid") == 0) {
            config.single_uid = true;
        } else if (i + 1 >= argc || !set(argv[i], argv[i + 1])) {
            fprintf(stderr, "init: bad option %s\n", argv[i]);
            return false;
        } else {
            i++;
        }
    }
    return config.env && config.listen >= 0 && config.ready >= 0 && config.listen != config.ready
           && config.deadline_ms > 0;
}
