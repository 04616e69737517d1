#include "common/paths.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

/* Drops empty and `.` components and the last slash. Keeps `..`, which only the kernel can resolve behind a link. */
static void tidy(char *path) {
    char *to = path;
    for (const char *from = path; *from != '\0';) {
        while (*from == '/') from++;
        size_t n = strcspn(from, "/");
        if (n > 0 && !(n == 1 && *from == '.')) {
            *to++ = '/';
            memmove(to, from, n); /* `to` never passes `from`, which skipped at least one slash */
            to += n;
        }
        from += n;
    }
    if (to == path) *to++ = '/';
    *to = '\0';
}

bool expand_path(const char *path, const struct user *u, char *out, enum error_code *code, char *err, size_t errn) {
    const char *rest = path;
    bool below_home = path[0] != '/';
    if (path[0] == '~' && (path[1] == '\0' || path[1] == '/')) rest = path + 1;
    int n = below_home ? snprintf(out, PATH_MAX, "%s/%s", u->home, rest) : snprintf(out, PATH_MAX, "%s", path);
    if (n >= PATH_MAX) {
        *code = E_TOO_LONG;
        snprintf(err, errn, "the path has more than %d bytes", PATH_MAX - 1);
        return false;
    }
    tidy(out);
    return true;
}

const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash != NULL && slash[1] != '\0' ? slash + 1 : path;
}
