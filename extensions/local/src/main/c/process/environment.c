#include "process/environment.h"

#include "common/config.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEFAULTS = 6 };

static const char default_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

struct environment {
    char **entries;
    size_t count;
};

/* Replaces an entry with the same key. Never frees: it runs in a child only, which execs soon. */
static void put(struct environment *e, const char *key, size_t key_length, const char *value) {
    size_t value_length = strlen(value);
    char *entry = malloc(key_length + value_length + 2);
    if (!entry)
        _exit(EXIT_FAILURE);
    memcpy(entry, key, key_length);
    entry[key_length] = '=';
    memcpy(entry + key_length + 1, value, value_length + 1);
    for (size_t i = 0; i < e->count; i++)
        if (strncmp(e->entries[i], entry, key_length + 1) == 0) {
            e->entries[i] = entry;
            return;
        }
    e->entries[e->count++] = entry;
}

static void set(struct environment *e, const char *key, const char *value) {
    put(e, key, strlen(key), value);
}

bool valid_environment(char **request) {
    for (char **p = request; *p; p += 2)
        if (!**p || strchr(*p, '='))
            return false;
    return true;
}

char **make_environment(const struct user *u, bool terminal, char **request) {
    size_t room = DEFAULTS + config.env_count + 1;
    for (char **p = request; *p; p += 2)
        room++;
    struct environment e = {.entries = calloc(room, sizeof *e.entries)};
    if (!e.entries)
        _exit(EXIT_FAILURE);
    set(&e, "PATH", default_path);
    set(&e, "HOME", u->home);
    set(&e, "USER", u->name);
    set(&e, "LOGNAME", u->name);
    set(&e, "SHELL", u->shell);
    if (terminal)
        set(&e, "TERM", "xterm-256color");
    for (size_t i = 0; i < config.env_count; i++) {
        const char *equals = strchr(config.env[i], '=');
        put(&e, config.env[i], (size_t)(equals - config.env[i]), equals + 1);
    }
    for (char **p = request; *p; p += 2)
        set(&e, p[0], p[1]);
    return e.entries;
}

const char *environment_value(char **env, const char *key, const char *otherwise) {
    size_t n = strlen(key);
    for (; *env; env++)
        if (strncmp(*env, key, n) == 0 && (*env)[n] == '=')
            return *env + n + 1;
    return otherwise;
}
