#include "common/seccomp.h"

#include "common/seccomp_table.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

enum { MAX_PROGRAM = 512 };

struct program {
    struct sock_filter code[MAX_PROGRAM];
    unsigned length;
    bool bad; /* the program or a jump is too long */
};

static void emit(struct program *p, uint16_t code, uint8_t yes, uint8_t no, uint32_t k) {
    if (p->length == MAX_PROGRAM) p->bad = true;
    else p->code[p->length++] = (struct sock_filter){.code = code, .jt = yes, .jf = no, .k = k};
}

static void load(struct program *p, size_t offset) {
    emit(p, BPF_LD | BPF_W | BPF_ABS, 0, 0, (uint32_t)offset);
}

static void allow(struct program *p) {
    emit(p, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW);
}

static void deny(struct program *p, int error) {
    emit(p, BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ERRNO | (uint32_t)error);
}

/* Loads the low half: the kernel uses each of the checked arguments as a 32-bit number. */
static void load_argument(struct program *p, unsigned index) {
    size_t low = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : 4;
    load(p, offsetof(struct seccomp_data, args) + index * 8 + low);
}

/* Denies the call if the argument has any of the bits. */
static void deny_bits(struct program *p, unsigned index, uint32_t bits) {
    load_argument(p, index);
    emit(p, BPF_JMP | BPF_JSET | BPF_K, 0, 1, bits);
    deny(p, EPERM);
    allow(p);
}

/* Returns the errno `listed` for the listed values of the argument, `others` for all others; 0 allows the call. */
static void by_value(struct program *p, unsigned index, const uint32_t *values, unsigned n, int listed, int others) {
    load_argument(p, index);
    for (unsigned i = 0; i < n; i++) emit(p, BPF_JMP | BPF_JEQ | BPF_K, (uint8_t)(n - i), 0, values[i]);
    for (int i = 0; i < 2; i++) {
        int error = i == 0 ? others : listed;
        if (error == 0) allow(p);
        else deny(p, error);
    }
}

static void emit_rule(struct program *p, enum seccomp_rule rule) {
    const struct seccomp_values *v = &seccomp_values[rule];
    switch (rule) {
    case RULE_ALLOW: allow(p); break;
    case RULE_EPERM: deny(p, EPERM); break;
    case RULE_ENOSYS: deny(p, ENOSYS); break;
    case RULE_CLONE: deny_bits(p, 0, SECCOMP_CLONE_BITS); break;
    case RULE_UNSHARE: deny_bits(p, 0, SECCOMP_UNSHARE_BITS); break;
    case RULE_IOCTL:
    case RULE_PERSONALITY:
    case RULE_SOCKET: by_value(p, v->argument, v->value, v->count, v->listed, v->others); break;
    }
}

/* One rule for the call numbers from `first` up to the next range's `first`, exclusive. */
struct range {
    unsigned first;
    enum seccomp_rule rule;
};

static enum seccomp_rule rule_of(unsigned number) {
    for (size_t i = 0; i < seccomp_entries; i++) {
        if (seccomp_entry[i].number == number) return seccomp_entry[i].rule;
    }
    return RULE_ALLOW;
}

static unsigned make_ranges(struct range *ranges) {
    unsigned n = 0;
    for (unsigned number = 0; number <= SECCOMP_NEWEST; number++) {
        enum seccomp_rule rule = rule_of(number);
        if (n == 0 || ranges[n - 1].rule != rule) ranges[n++] = (struct range){number, rule};
    }
    ranges[n++] = (struct range){SECCOMP_NEWEST + 1, RULE_ENOSYS}; /* includes x32's numbers, from 2^30 on */
    return n;
}

/* A binary search: about seven comparisons for any call. */
static void emit_search(struct program *p, const struct range *ranges, unsigned n) {
    if (n == 1) {
        emit_rule(p, ranges->rule);
        return;
    }
    unsigned half = n / 2, jump = p->length;
    emit(p, BPF_JMP | BPF_JGE | BPF_K, 0, 0, ranges[half].first);
    emit_search(p, ranges, half);
    unsigned distance = p->length - jump - 1;
    if (p->bad || distance > UINT8_MAX) p->bad = true;
    else p->code[jump].jt = (uint8_t)distance;
    emit_search(p, ranges + half, n - half);
}

static void compile(struct program *p) {
    static struct range ranges[SECCOMP_NEWEST + 2];
    load(p, offsetof(struct seccomp_data, arch));
    emit(p, BPF_JMP | BPF_JEQ | BPF_K, 1, 0, SECCOMP_ARCH);
    deny(p, ENOSYS);
    load(p, offsetof(struct seccomp_data, nr));
    emit_search(p, ranges, make_ranges(ranges));
}

int seccomp_program_fd(void) {
    static struct program p;
    if (p.length == 0) compile(&p);
    if (p.bad) {
        errno = E2BIG;
        return -1;
    }
    int fd = memfd_create("seccomp", MFD_CLOEXEC);
    if (fd < 0) return -1;
    size_t size = p.length * sizeof p.code[0];
    if (write(fd, p.code, size) == (ssize_t)size && lseek(fd, 0, SEEK_SET) == 0) return fd;
    close(fd);
    errno = EIO;
    return -1;
}
