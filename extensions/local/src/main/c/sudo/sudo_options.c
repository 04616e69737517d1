#include "sudo/sudo_options.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct sudo_options usage(struct sudo_options o) {
    o.action = SUDO_USAGE;
    return o;
}

/* Applies an option without a value. false: unknown. */
static bool set_flag(struct sudo_options *o, char letter) {
    switch (letter) {
    case 'E': o->keep_environment = true; return true;
    case 'H': o->set_home = true; return true;
    case 'i': o->login = true; return true;
    case 's': o->shell = true; return true;
    case 'n': /* there is never a password */
    case 'S': return true;
    case 'k':
    case 'K':
    case 'v': o->action = SUDO_NOTHING; return true;
    case 'l': o->action = SUDO_LIST; return true;
    case 'V': o->action = SUDO_VERSION; return true;
    case 'h': o->action = SUDO_HELP; return true;
    case 'b': o->background = true; return true;
    default: fprintf(stderr, "sudo: unknown option -%c\n", letter); return false;
    }
}

/* Returns where to store the value of an option; NULL: it takes none. */
static const char **value_of(struct sudo_options *o, char letter) {
    return letter == 'u' ? &o->user : letter == 'g' ? &o->group : NULL;
}

/* Parses "-u root", "-uroot", "-nu root". Returns the argument after it; NULL: an error. */
static char **parse_letters(struct sudo_options *o, char **argv) {
    for (const char *letter = *argv + 1; *letter; letter++) {
        const char **value = value_of(o, *letter);
        if (!value) {
            if (!set_flag(o, *letter))
                return NULL;
            continue;
        }
        *value = letter[1] ? letter + 1 : *++argv;
        if (!*value || !**value)
            return NULL;
        break;
    }
    return argv + 1;
}

/* Parses "--user root", "--user=root", "--set-home". Returns the argument after it; NULL: an error. */
static char **parse_word(struct sudo_options *o, char **argv) {
    static const struct {
        const char *word;
        char letter;
    } words[] = {{"background", 'b'}, {"group", 'g'},         {"help", 'h'},  {"list", 'l'},  {"login", 'i'},
                 {"non-interactive", 'n'}, {"preserve-env", 'E'}, {"remove-timestamp", 'K'}, {"reset-timestamp", 'k'},
                 {"set-home", 'H'},   {"shell", 's'},         {"stdin", 'S'}, {"user", 'u'},  {"validate", 'v'},
                 {"version", 'V'}};
    const char *text = *argv + 2, *equals = strchrnul(text, '=');
    size_t n = (size_t)(equals - text);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strlen(words[i].word) != n || memcmp(words[i].word, text, n) != 0)
            continue;
        const char **value = value_of(o, words[i].letter);
        if (value) {
            *value = *equals ? equals + 1 : *++argv;
            return *value && **value ? argv + 1 : NULL;
        }
        if (words[i].letter == 'E' && *equals)
            o->preserve = equals + 1;
        else if (*equals || !set_flag(o, words[i].letter))
            return NULL;
        return argv + 1;
    }
    fprintf(stderr, "sudo: unknown option %s\n", *argv);
    return NULL;
}

static bool is_assignment(const char *argument) {
    const char *equals = strchr(argument, '=');
    return equals && equals > argument && !memchr(argument, '/', (size_t)(equals - argument));
}

/* With -g alone, the command runs as its caller. */
static const char *own_uid(void) {
    static char text[16];
    snprintf(text, sizeof text, "%u", (unsigned)getuid());
    return text;
}

struct sudo_options parse_sudo_options(char **argv) {
    struct sudo_options o = {.action = SUDO_RUN};
    while (*++argv && (*argv)[0] == '-' && (*argv)[1]) {
        if (strcmp(*argv, "--") == 0) {
            argv++;
            break;
        }
        argv = (*argv)[1] == '-' ? parse_word(&o, argv) : parse_letters(&o, argv);
        if (!argv)
            return usage(o);
        argv--;
    }
    if (!o.user)
        o.user = o.group ? own_uid() : "root";
    if (o.user[0] == '#')
        o.user++;
    o.assignments = argv;
    while (*argv && is_assignment(*argv))
        argv++;
    o.command = argv;
    if (*argv && o.action == SUDO_NOTHING)
        o.action = SUDO_RUN; /* sudo -k command */
    bool runs = *argv || o.login || o.shell;
    return (o.action == SUDO_RUN && !runs) || (o.login && o.shell) ? usage(o) : o;
}
