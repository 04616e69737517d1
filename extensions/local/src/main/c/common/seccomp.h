/* The seccomp filter of all processes in a sandbox. */
#ifndef SANDBOXER_SECCOMP_H
#define SANDBOXER_SECCOMP_H

/* Writes the compiled filter, an array of struct sock_filter, to a memfd and returns that; -1 with errno. */
int seccomp_program_fd(void);

#endif
