#include "init/own_id.h"

#include "common/config.h"
#include "common/seccomp_table.h"

#include <errno.h>
#include <grp.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { OWN_ID = 65533, MAX_PROGRAM = 80 };

/* System calls that change ids, with the number of their arguments, all of which are ids. */
static const struct {
    uint16_t number, ids;
} changes[] = {
    {__NR_setuid, 1},  {__NR_setreuid, 2}, {__NR_setresuid, 3}, {__NR_setfsuid, 1},
    {__NR_setgid, 1},  {__NR_setregid, 2}, {__NR_setresgid, 3}, {__NR_setfsgid, 1},
};

/* Returns the offset of the low half: the kernel takes an id as a 32-bit number. */
static uint32_t argument(unsigned index) {
    size_t low = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? 0 : 4;
    return (uint32_t)(offsetof(struct seccomp_data, args) + index * 8 + low);
}

static unsigned compile(struct sock_filter *code) {
    unsigned n = 0;
    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch));
    code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SECCOMP_ARCH, 1, 0);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS);
    code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr));
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        uint8_t size = (uint8_t)(3 * changes[i].ids + 1);
        code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, changes[i].number, 0, size);
        for (unsigned id = 0; id < changes[i].ids; id++) {
            code[n++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, argument(id));
            code[n++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OWN_ID, 0, 1);
            code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
        }
        code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    }
    code[n++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    return n;
}

/* Returns true if other processes have our uid: a plain user's sandbox has a single one. */
static bool is_shared(void) {
    return config.single_uid || getpid() != 1;
}

bool take_own_id(void) {
    return is_shared()
           || (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0 && setgroups(0, NULL) == 0
               && setresgid(OWN_ID, OWN_ID, OWN_ID) == 0 && setresuid(OWN_ID, OWN_ID, OWN_ID) == 0);
}

bool keep_own_id(void) {
    struct sock_filter code[MAX_PROGRAM];
    struct sock_fprog program = {.len = (unsigned short)compile(code), .filter = code};
    return is_shared() || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}
