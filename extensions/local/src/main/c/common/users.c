#include "common/users.h"

#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_FILE = 1 << 20, MAX_LINE = 4096, PASSWD_FIELDS = 7, GROUP_FIELDS = 4, MAX_GROUPS = 64 };

/* Holds one file at a time; only the pages that it fills take memory. Root in the sandbox can write the files, so they may be
 * huge, binary, a FIFO or a directory. */
static char text[MAX_FILE + 1];

struct table {
    char *next, *end;
};

static bool table_open(struct table *t, const char *path) {
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    struct stat st;
    if (fd < 0) return false;
    size_t size = 0;
    bool regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
    while (regular && size < MAX_FILE) {
        ssize_t n = read(fd, text + size, MAX_FILE - size);
        if (n <= 0) break;
        size += (size_t)n;
    }
    close(fd);
    text[size] = '\0';
    *t = (struct table){.next = text, .end = text + size};
    return regular;
}

/* Splits the next line that has at least `count` fields. Skips shorter lines and those of MAX_LINE bytes or more. */
static bool table_next(struct table *t, char **fields, int count) {
    while (t->next < t->end) {
        char *line = t->next, *end = memchr(line, '\n', (size_t)(t->end - line));
        if (end == NULL) end = t->end;
        *end = '\0';
        t->next = end + 1;
        if (end - line >= MAX_LINE) continue;
        int found = 0;
        while (found < count && line != NULL) fields[found++] = strsep(&line, ":");
        if (found == count && fields[0][0] != '\0') return true;
    }
    return false;
}

static bool parse_id(const char *number, uint32_t *id) {
    char *end;
    if (number[0] < '0' || number[0] > '9' || strlen(number) > 10) return false;
    unsigned long n = strtoul(number, &end, 10);
    *id = (uint32_t)n;
    return *end == '\0' && n < UINT32_MAX; /* (uid_t)-1 means "unchanged" to the kernel */
}

static void set_user(struct user *u, const char *name, const char *home, const char *shell) {
    snprintf(u->name, sizeof u->name, "%s", name);
    snprintf(u->home, sizeof u->home, "%s", home[0] == '/' ? home : "/");
    snprintf(u->shell, sizeof u->shell, "%s", shell[0] == '/' ? shell : "/bin/sh");
}

/* Looks up a user by name, or by uid if name is NULL. */
static bool look_up(const char *name, uint32_t uid, struct user *u) {
    struct table t;
    char *f[PASSWD_FIELDS];
    bool found = false;
    if (!table_open(&t, "/etc/passwd")) return false;
    while (!found && table_next(&t, f, PASSWD_FIELDS)) {
        uint32_t id, gid;
        if (!parse_id(f[2], &id) || !parse_id(f[3], &gid)) continue;
        found = name != NULL ? strcmp(f[0], name) == 0 : id == uid;
        if (!found) continue;
        u->uid = id;
        u->gid = gid;
        set_user(u, f[0], f[5], f[6]);
    }
    return found;
}

static bool is_member(char *members, const char *name) {
    for (char *member; (member = strsep(&members, ",")) != NULL;) {
        if (strcmp(member, name) == 0) return true;
    }
    return false;
}

static void add_group(struct user *u, gid_t gid) {
    for (int i = 0; i < u->ngroups; i++) {
        if (u->groups[i] == gid) return;
    }
    if (u->ngroups < MAX_GROUPS) u->groups[u->ngroups++] = gid;
}

static void read_groups(struct user *u) {
    struct table t;
    char *f[GROUP_FIELDS];
    u->ngroups = 0;
    add_group(u, u->gid);
    if (!table_open(&t, "/etc/group")) return;
    while (table_next(&t, f, GROUP_FIELDS)) {
        uint32_t gid;
        if (parse_id(f[2], &gid) && is_member(f[3], u->name)) add_group(u, gid);
    }
}

/* Root exists even if the sandbox has broken its passwd file, so that the file can be repaired. */
static bool default_root(struct user *u) {
    u->uid = u->gid = 0;
    set_user(u, "root", "/root", "/bin/sh");
    return true;
}

static bool by_number(const char *number, struct user *u) {
    uint32_t uid;
    if (!parse_id(number, &uid)) return false;
    if (look_up(NULL, uid, u)) return true;
    if (uid == 0) return default_root(u);
    u->uid = u->gid = uid;
    set_user(u, number, "/", "/bin/sh");
    return true;
}

bool find_user(const char *name, struct user *u) {
    bool found;
    if (name[0] == '\0') found = look_up("user", 0, u) || look_up("root", 0, u) || default_root(u);
    else found = look_up(name, 0, u) || (strcmp(name, "root") == 0 && default_root(u)) || by_number(name, u);
    if (found) read_groups(u);
    return found;
}

bool find_group(const char *name, gid_t *gid) {
    struct table t;
    char *f[GROUP_FIELDS];
    uint32_t id;
    bool found = false;
    if (table_open(&t, "/etc/group")) {
        while (!found && table_next(&t, f, GROUP_FIELDS)) found = strcmp(f[0], name) == 0 && parse_id(f[2], &id);
    }
    if (name[0] == '#') name++;
    if (!found && !parse_id(name, &id)) return false;
    *gid = id;
    return true;
}

void user_name(uid_t uid, char *out, size_t n) {
    struct user u;
    if (look_up(NULL, uid, &u)) snprintf(out, n, "%s", u.name);
    else snprintf(out, n, "%u", uid);
}

void group_name(gid_t gid, char *out, size_t n) {
    struct table t;
    char *f[GROUP_FIELDS];
    snprintf(out, n, "%u", gid);
    if (!table_open(&t, "/etc/group")) return;
    while (table_next(&t, f, GROUP_FIELDS)) {
        uint32_t id;
        if (!parse_id(f[2], &id) || id != gid) continue;
        snprintf(out, n, "%s", f[0]);
        break;
    }
}
