#include "sudo/sudo_command.h"

#include "common/users.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

static void *need(void *p) {
    if (!p) {
        fprintf(stderr, "sudo: out of memory\n");
        exit(1);
    }
    return p;
}

static void find(const char *name, struct user *u) {
    if (find_user(name, u))
        return;
    fprintf(stderr, "sudo: unknown user %s\n", name);
    exit(1);
}

static size_t length(char **list) {
    size_t n = 0;
    while (list[n])
        n++;
    return n;
}

/* Returns the arguments as one line for a shell's -c, quoted like sudo does: $ stays, so the target shell expands variables. */
static char *shell_line(char **words) {
    size_t room = 1;
    for (char **w = words; *w; w++)
        room += 2 * strlen(*w) + 1;
    char *line = need(malloc(room)), *end = line;
    for (char **w = words; *w; w++) {
        if (w != words)
            *end++ = ' ';
        for (const char *p = *w; *p; p++) {
            if (!isalnum((unsigned char)*p) && !strchr("_-$", *p))
                *end++ = '\\';
            *end++ = *p;
        }
    }
    *end = 0;
    return line;
}

static char **shell_argv(const char *shell, bool login, char **words) {
    char **argv = need(calloc(5, sizeof *argv)), **end = argv;
    *end++ = need(strdup(shell));
    if (login)
        *end++ = need(strdup("-l"));
    if (*words) {
        *end++ = need(strdup("-c"));
        *end = shell_line(words);
    }
    return argv;
}

char **sudo_argv(const struct sudo_options *o, const char **cwd) {
    static struct user u;
    *cwd = ".";
    if (o->login) {
        find(o->user, &u);
        *cwd = u.home;
        return shell_argv(u.shell, true, o->command);
    }
    if (o->shell) {
        const char *shell = getenv("SHELL");
        char own[16];
        snprintf(own, sizeof own, "%u", (unsigned)getuid());
        if (!shell || !*shell) {
            find(own, &u);
            shell = u.shell;
        }
        return shell_argv(shell, false, o->command);
    }
    return o->command;
}

/* Returns true if the comma-separated names include this one. */
static bool is_listed(const char *names, const char *name, size_t n) {
    while (names && *names) {
        const char *end = strchrnul(names, ',');
        if ((size_t)(end - names) == n && memcmp(names, name, n) == 0)
            return true;
        names = *end ? end + 1 : end;
    }
    return false;
}

/* Returns true if sudo keeps this variable of the caller, by default or with -E. */
static bool keeps(const struct sudo_options *o, const char *entry, size_t n) {
    static const char *const always[] = {"TERM", "COLORTERM", "COLORS", "LS_COLORS", "LANG", "LANGUAGE", "TZ",
                                         "DISPLAY", "XAUTHORITY", "PS1", "PS2"};
    static const char *const never[] = {"PATH", "USER", "LOGNAME", "MAIL", "SHELL"};
    if (n == 4 && memcmp(entry, "HOME", 4) == 0)
        return o->keep_environment && !o->set_home;
    for (size_t i = 0; i < sizeof never / sizeof *never; i++)
        if (strlen(never[i]) == n && memcmp(entry, never[i], n) == 0)
            return false;
    if (o->keep_environment || is_listed(o->preserve, entry, n) || (n > 3 && memcmp(entry, "LC_", 3) == 0))
        return true;
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        if (strlen(always[i]) == n && memcmp(entry, always[i], n) == 0)
            return true;
    return false;
}

static char **put(char **end, const char *key, size_t key_length, const char *value) {
    *end++ = need(strndup(key, key_length));
    *end++ = need(strdup(value));
    return end;
}

static char **put_number(char **end, const char *key, unsigned value) {
    char text[16];
    snprintf(text, sizeof text, "%u", value);
    return put(end, key, strlen(key), text);
}

char **sudo_environment(const struct sudo_options *o, char **argv) {
    enum { OWN = 4 };
    size_t given = (size_t)(o->command - o->assignments);
    char **map = need(calloc(2 * (length(environ) + given + OWN) + 1, sizeof *map)), **end = map;
    for (char **e = environ; *e; e++) {
        const char *equals = strchr(*e, '=');
        if (equals && equals > *e && keeps(o, *e, (size_t)(equals - *e)))
            end = put(end, *e, (size_t)(equals - *e), equals + 1);
    }
    static struct user caller;
    char own[16];
    snprintf(own, sizeof own, "%u", (unsigned)getuid());
    end = put(end, "SUDO_USER", 9, find_user(own, &caller) ? caller.name : own);
    end = put_number(end, "SUDO_UID", getuid());
    end = put_number(end, "SUDO_GID", getgid());
    end = put(end, "SUDO_COMMAND", 12, argv[0]);
    for (char **a = o->assignments; a < o->command; a++) {
        const char *equals = strchr(*a, '=');
        end = put(end, *a, (size_t)(equals - *a), equals + 1);
    }
    return map;
}
