#include "common/seccomp_table.h"

#include <errno.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

const struct seccomp_entry seccomp_entry[] = {
    /* namespaces: each makes more of the kernel reachable */
    {__NR_clone, RULE_CLONE},
    {__NR_unshare, RULE_UNSHARE},
    {435 /* clone3 */, RULE_ENOSYS}, /* a filter can't read its flags, which are in memory; libc falls back to clone */
    {__NR_setns, RULE_EPERM},
    /* mounts */
    {__NR_mount, RULE_EPERM},
    {__NR_umount2, RULE_EPERM},
    {__NR_pivot_root, RULE_EPERM},
    {428 /* open_tree */, RULE_EPERM},
    {429 /* move_mount */, RULE_EPERM},
    {430 /* fsopen */, RULE_EPERM},
    {431 /* fsconfig */, RULE_EPERM},
    {432 /* fsmount */, RULE_EPERM},
    {433 /* fspick */, RULE_EPERM},
    {442 /* mount_setattr */, RULE_EPERM},
    {__NR_open_by_handle_at, RULE_EPERM},
    {__NR_quotactl, RULE_EPERM},
    {443 /* quotactl_fd */, RULE_EPERM},
    {__NR_swapon, RULE_EPERM},
    {__NR_swapoff, RULE_EPERM},
    {__NR_acct, RULE_EPERM},
    {__NR_fanotify_init, RULE_EPERM},
    {__NR_lookup_dcookie, RULE_EPERM},
    {__NR_nfsservctl, RULE_EPERM},
    /* large parts of the kernel with many past vulnerabilities */
    {__NR_bpf, RULE_EPERM},
    {__NR_perf_event_open, RULE_EPERM},
    {__NR_userfaultfd, RULE_EPERM},
    {425 /* io_uring_setup */, RULE_EPERM},
    {426 /* io_uring_enter */, RULE_EPERM},
    {427 /* io_uring_register */, RULE_EPERM},
    {__NR_keyctl, RULE_EPERM},
    {__NR_add_key, RULE_EPERM},
    {__NR_request_key, RULE_EPERM},
    /* the machine */
    {__NR_kexec_load, RULE_EPERM},
#ifdef __NR_kexec_file_load
    {__NR_kexec_file_load, RULE_EPERM},
#endif
    {__NR_init_module, RULE_EPERM},
    {__NR_finit_module, RULE_EPERM},
    {__NR_delete_module, RULE_EPERM},
#ifdef __NR_iopl
    {__NR_iopl, RULE_EPERM},
    {__NR_ioperm, RULE_EPERM},
    {__NR_modify_ldt, RULE_EPERM},
#endif
    {__NR_reboot, RULE_EPERM},
    {__NR_syslog, RULE_EPERM},
    {__NR_settimeofday, RULE_EPERM},
    {__NR_clock_settime, RULE_EPERM},
    {__NR_adjtimex, RULE_EPERM},
    {__NR_clock_adjtime, RULE_EPERM},
    {__NR_vhangup, RULE_EPERM},
    {__NR_kcmp, RULE_EPERM},
    /* decided by an argument */
    {__NR_personality, RULE_PERSONALITY},
    {__NR_ioctl, RULE_IOCTL},
    {__NR_socket, RULE_SOCKET},
    {__NR_socketpair, RULE_SOCKET},
};
const size_t seccomp_entries = sizeof seccomp_entry / sizeof seccomp_entry[0];

const struct seccomp_values seccomp_values[] = {
    /* Linux, 32-bit Linux (8), Linux that reports version 2.6 (0x20000), both, and the query of the current one */
    [RULE_PERSONALITY] = {0, 5, 0, EPERM, {0, 8, 0x20000, 0x20008, 0xffffffff}},
    [RULE_IOCTL] = {1, 2, EPERM, 0, {TIOCSTI, TIOCLINUX}},
    /* AF_VSOCK and many other families ignore network namespaces. */
    [RULE_SOCKET] = {0, 4, 0, EAFNOSUPPORT, {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK}},
};
