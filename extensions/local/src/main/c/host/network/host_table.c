#include "host/network/host_table.h"

#include "host/host.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define OURS "\"sandboxer*\""
#define T "inet sandboxer"

/* Every launch loads this in one transaction. It changes nothing if the rules are in place, and repairs what somebody has changed.
 * - A sandbox's own rules mark packets to an opened address (DSCP 43); nobody inside can set the mark. Only marked packets reach this
 *   host itself. Programs of this host don't reach sandboxes.
 * - Sandboxes don't reach each other, whatever their own rules say.
 * - The source must be the address that belongs to the interface.
 * - A sandbox has at most 4096 connections, since all connections of the host share one table. */
static const char TABLE[] =
    "add table " T "\n"
    "add set " T " connections { type ipv4_addr; size 65536; flags dynamic; }\n"
    "add chain " T " prerouting { type filter hook prerouting priority raw; }\n"
    "add chain " T " input { type filter hook input priority filter - 10; }\n"
    "add chain " T " output { type filter hook output priority filter - 10; }\n"
    "add chain " T " forward { type filter hook forward priority filter - 10; }\n"
    "add chain " T " from_sandbox\n"
    "add chain " T " postrouting { type nat hook postrouting priority srcnat; }\n"
    "flush chain " T " prerouting\n"
    "flush chain " T " input\n"
    "flush chain " T " output\n"
    "flush chain " T " forward\n"
    "flush chain " T " from_sandbox\n"
    "flush chain " T " postrouting\n"
    "add rule " T " prerouting iifname " OURS " meta nfproto ipv6 drop\n"
    "add rule " T " prerouting iifname " OURS " fib saddr . iif oif missing drop\n"
    "add rule " T " input iifname " OURS " ip dscp 43 accept\n"
    "add rule " T " input iifname " OURS " reject\n"
    "add rule " T " output oifname " OURS " ct state established,related accept\n"
    "add rule " T " output oifname " OURS " drop\n"
    "add rule " T " forward iifname " OURS " jump from_sandbox\n"
    "add rule " T " forward oifname " OURS " ct state established,related accept\n"
    "add rule " T " forward oifname " OURS " drop\n"
    "add rule " T " from_sandbox oifname " OURS " reject\n"
    "add rule " T " from_sandbox ip saddr != 198.18.0.0/15 drop\n"
    "add rule " T " from_sandbox ct state new add @connections { ip saddr ct count over 4096 } reject\n"
    "add rule " T " from_sandbox tcp flags & (syn | rst) == syn tcp option maxseg size set rt mtu\n"
    "add rule " T " from_sandbox ip dscp 43 ip dscp set cs0\n"
    "add rule " T " from_sandbox accept\n"
    "add rule " T " postrouting ip saddr 198.18.0.0/15 oifname != " OURS " masquerade\n";

/* Later launches find the host forwarding and load TABLE alone, which leaves this chain in place. */
static const char OTHERS[] =
    "add chain " T " others { type filter hook forward priority filter - 9; }\n"
    "flush chain " T " others\n"
    "add rule " T " others iifname != " OURS " oifname != " OURS " drop\n";

static bool put(int fd, const char *text) {
    return write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

int host_table(bool forwards) {
    int fd = memfd_create("host-table", MFD_CLOEXEC);
    bool ok = fd >= 0 && put(fd, TABLE) && (forwards || put(fd, OTHERS)) && lseek(fd, 0, SEEK_SET) == 0;
    if (ok) return fd;
    fail("io", "preparing the host's network rules: %s", strerror(errno));
    close_quietly(fd);
    return -1;
}
