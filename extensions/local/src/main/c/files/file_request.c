#include "files/file_request.h"

#include "common/errors.h"
#include "common/paths.h"
#include "files/entry.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

bool answer(struct file_request *r) {
    return send_all(r->fd, &r->out);
}

bool answer_error(struct file_request *r, enum error_code code, const char *message) {
    out_error(&r->out, code, "%s", message);
    return answer(r);
}

bool answer_errno(struct file_request *r, const char *path) {
    int e = errno;
    out_error(&r->out, code_of_errno(e), "%.400s: %s", path, e == EXDEV ? "a mount point" : strerror(e));
    return answer(r);
}

bool answer_entry(struct file_request *r, const char *path) {
    size_t before = r->out.len;
    out_frame(&r->out, F_ENTRY);
    if (!out_entry(&r->out, base_name(path), path)) {
        r->out.len = before;
        return answer_errno(r, path);
    }
    out_finish(&r->out);
    return answer(r);
}

bool answer_empty(struct file_request *r, enum frame_type type) {
    out_frame(&r->out, type);
    out_finish(&r->out);
    return answer(r);
}

bool peer_gone(int fd) {
    struct pollfd p = {.fd = fd};
    return poll(&p, 1, 0) > 0 && (p.revents & (POLLHUP | POLLERR)) != 0;
}
