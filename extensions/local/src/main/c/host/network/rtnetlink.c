#include "host/network/rtnetlink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct request {
    struct nlmsghdr header;
    char payload[512];
};

int rt_open(void) {
    return socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
}

/* Appends to the payload and returns where the data lies. Does not check the size: all our requests are short. */
static void *put(struct request *r, const void *data, size_t size) {
    char *place = (char *)r + NLMSG_ALIGN(r->header.nlmsg_len);
    if (size > 0) memcpy(place, data, size);
    r->header.nlmsg_len = (uint32_t)(NLMSG_ALIGN(r->header.nlmsg_len) + size);
    return place;
}

static struct rtattr *put_attribute(struct request *r, unsigned short type, const void *data, size_t size) {
    struct rtattr attribute = {.rta_len = (unsigned short)RTA_LENGTH(size), .rta_type = type};
    struct rtattr *place = put(r, &attribute, sizeof attribute);
    if (size > 0) put(r, data, size);
    return place;
}

static void put_name(struct request *r, const char *name) {
    put_attribute(r, IFLA_IFNAME, name, strlen(name) + 1);
}

static void end_nested(struct request *r, struct rtattr *opened) {
    opened->rta_len = (unsigned short)((char *)r + NLMSG_ALIGN(r->header.nlmsg_len) - (char *)opened);
}

static struct request begin(unsigned short type, unsigned short flags, const void *fixed, size_t size) {
    struct request r = {.header = {.nlmsg_len = NLMSG_HDRLEN, .nlmsg_type = type}};
    r.header.nlmsg_flags = (unsigned short)(NLM_F_REQUEST | NLM_F_ACK | flags);
    put(&r, fixed, size);
    return r;
}

/* Sends a request and reads the answer, an error number or 0, which the kernel gives at once. */
static bool ask(int rt, const struct request *r) {
    struct {
        struct nlmsghdr header;
        struct nlmsgerr error;
        char more[1024];
    } answer;
    if (send(rt, r, r->header.nlmsg_len, 0) < 0) return false;
    ssize_t n;
    do n = recv(rt, &answer, sizeof answer, 0);
    while (n < 0 && errno == EINTR);
    if (n < (ssize_t)NLMSG_LENGTH(sizeof answer.error.error) || answer.header.nlmsg_type != NLMSG_ERROR) {
        errno = EPROTO;
        return false;
    }
    errno = -answer.error.error;
    return answer.error.error == 0;
}

bool rt_veth(int rt, const char *name, const char *peer, int peer_namespace, int peer_index) {
    struct ifinfomsg here = {.ifi_family = AF_UNSPEC}, there = {.ifi_family = AF_UNSPEC, .ifi_index = peer_index};
    struct request r = begin(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &here, sizeof here);
    put_name(&r, name);
    struct rtattr *info = put_attribute(&r, IFLA_LINKINFO, NULL, 0);
    put_attribute(&r, IFLA_INFO_KIND, "veth", sizeof "veth" - 1);
    struct rtattr *data = put_attribute(&r, IFLA_INFO_DATA, NULL, 0);
    struct rtattr *other = put_attribute(&r, VETH_INFO_PEER, &there, sizeof there);
    put_name(&r, peer);
    put_attribute(&r, IFLA_NET_NS_FD, &peer_namespace, sizeof peer_namespace);
    end_nested(&r, other);
    end_nested(&r, data);
    end_nested(&r, info);
    return ask(rt, &r);
}

bool rt_up(int rt, int index) {
    struct ifinfomsg link = {.ifi_family = AF_UNSPEC, .ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
    struct request r = begin(RTM_NEWLINK, 0, &link, sizeof link);
    return ask(rt, &r);
}

bool rt_address(int rt, int index, uint32_t address, unsigned prefix) {
    struct ifaddrmsg fixed = {
        .ifa_family = AF_INET, .ifa_prefixlen = (unsigned char)prefix, .ifa_index = (unsigned)index};
    struct request r = begin(RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, &fixed, sizeof fixed);
    uint32_t network = htonl(address);
    put_attribute(&r, IFA_LOCAL, &network, sizeof network);
    put_attribute(&r, IFA_ADDRESS, &network, sizeof network);
    return ask(rt, &r);
}

bool rt_default_route(int rt, int index, uint32_t gateway) {
    struct rtmsg fixed = {.rtm_family = AF_INET,
                          .rtm_table = RT_TABLE_MAIN,
                          .rtm_protocol = RTPROT_BOOT,
                          .rtm_scope = RT_SCOPE_UNIVERSE,
                          .rtm_type = RTN_UNICAST};
    struct request r = begin(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, &fixed, sizeof fixed);
    uint32_t network = htonl(gateway);
    put_attribute(&r, RTA_GATEWAY, &network, sizeof network);
    put_attribute(&r, RTA_OIF, &index, sizeof index);
    return ask(rt, &r);
}
