/* A file request, and the answers to it. */
#ifndef SANDBOXER_FILE_REQUEST_H
#define SANDBOXER_FILE_REQUEST_H

#include "common/users.h"
#include "common/wire.h"

#include <limits.h>

struct file_request {
    int fd;
    struct user user;
    char path[PATH_MAX], other[PATH_MAX]; /* other: the destination of a move, the text of a link */
    uint64_t number, length;              /* depth, mode or offset; length of READ */
    bool has_metadata;
    char **metadata;
    struct out out;
};

/* Each sends what is in r->out, then the answer. false: the peer is gone. */
bool answer(struct file_request *r);
bool answer_error(struct file_request *r, enum error_code code, const char *message);
bool answer_errno(struct file_request *r, const char *path); /* of errno */
bool answer_entry(struct file_request *r, const char *path);
bool answer_empty(struct file_request *r, enum frame_type type);

bool peer_gone(int fd); /* true if the peer has closed the connection; -1: no peer, false */

#endif
