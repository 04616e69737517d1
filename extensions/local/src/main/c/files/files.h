/* File requests, one worker process each: files.c (what is asked, and the short answers), transfer.c (READ, WRITE),
 * list.c, remove.c, move.c and copy.c, with names.c below them. Workers end with their request and free little. */
#ifndef SANDBOXER_FILES_H
#define SANDBOXER_FILES_H

#include "agent.h"

#include <limits.h>
#include <sys/stat.h>

struct file_request {
    int fd;
    struct user user;
    char path[PATH_MAX], other[PATH_MAX]; /* other: the destination of a move, the text of a link */
    uint64_t number, length;              /* depth, mode or offset; length of READ */
    bool has_metadata;
    char **metadata;
    struct out out;
};

/* Answers; each sends what is in r->out. false: the peer is gone. */
bool answer(struct file_request *r);
bool answer_error(struct file_request *r, enum error_code code, const char *message);
bool answer_errno(struct file_request *r, const char *path); /* of errno */
bool answer_entry(struct file_request *r, const char *path);
bool answer_empty(struct file_request *r, enum frame_type type);

/* Whether there is room for what was written, which a sparse disk on a full host has not: the kernel would find that out
 * later, and tell nobody. Writes data out as far as the host's memory; a sandbox does not outlive its host. false with errno. */
bool written_out(int fd);

bool peer_gone(int fd);
const char *base_name(const char *path);
/* A sandbox with one uid can't give files away, and they are its user's already: that is no error. */
bool give_fd(int fd, const struct user *u);
bool give_path(const char *path, const struct user *u);
/* Makes what is missing of the directories above. false with errno. */
bool make_parents(const char *path, const struct user *u);

void serve_list(struct file_request *r);
void serve_read(struct file_request *r);
void serve_write(struct file_request *r);
void serve_move(struct file_request *r);
void serve_remove(struct file_request *r);

/* remove.c: false with errno (EXDEV: a mount point; ECANCELED: the peer is gone). Nothing there is fine. */
bool remove_tree(const char *path, int peer);
/* copy.c: the destination must not exist. false with errno, as above; leaves what was copied so far. */
bool copy_tree(const char *source, const char *destination, int peer);

#endif
