/* The system calls that a sandbox may make. */
#ifndef SANDBOXER_SECCOMP_TABLE_H
#define SANDBOXER_SECCOMP_TABLE_H

#include <linux/audit.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#define SECCOMP_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define SECCOMP_ARCH AUDIT_ARCH_AARCH64
#else
#error "no seccomp table for this architecture"
#endif

/* The newest call that was checked: removexattrat (Linux 6.13). Later calls fail with ENOSYS. */
enum { SECCOMP_NEWEST = 466 };

enum seccomp_rule {
    RULE_ALLOW, RULE_EPERM, RULE_ENOSYS, RULE_CLONE, RULE_UNSHARE, RULE_IOCTL, RULE_PERSONALITY, RULE_SOCKET,
};

struct seccomp_entry {
    uint16_t number, rule;
};
extern const struct seccomp_entry seccomp_entry[];
extern const size_t seccomp_entries;

/* A rule on the value of one argument: the errno for the listed values and for all others, 0 for "allowed". */
struct seccomp_values {
    unsigned argument, count;
    int listed, others;
    uint32_t value[5];
};
extern const struct seccomp_values seccomp_values[];

/* CLONE_NEWTIME (0x80) is for unshare only: clone uses these bits for the signal. */
#define SECCOMP_CLONE_BITS 0x7e020000u
#define SECCOMP_UNSHARE_BITS (SECCOMP_CLONE_BITS | 0x80u)

#endif
