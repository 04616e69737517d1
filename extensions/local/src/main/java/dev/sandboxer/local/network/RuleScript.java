package dev.sandboxer.local.network;

import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkRuleKind;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.NetworkTarget;
import dev.sandboxer.extension.spec.NetworkTarget.Cidr;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Network rules as an nft(8) script for a sandbox's network namespace. The script replaces all earlier rules in one transaction.
 *
 * @param resolvers the name servers; a sandbox may ask them unless calls are denied by default
 * @param host the host's own addresses, for a sandbox behind slirp4netns. Null = connected by a veth pair; there the host's rules keep
 *     sandboxes away from the host
 */
record RuleScript(
        NetworkRules rules,
        List<InetAddress> resolvers,
        @Nullable List<Cidr> host) {
    /**
     * Filters each packet in both directions, without connection tracking, so a new rule also cuts open connections. Packets to an address
     * that a rule opens, or to a name server, are marked with DSCP 43 for the host's rules. No other packet leaves with this mark. Packets
     * that were redirected to loopback still have {@code eth0} as their output interface in this hook.
     */
    private static final String TABLE = """
            add table inet sandboxer
            delete table inet sandboxer
            table inet sandboxer {
                set opened { type ipv4_addr; flags interval; auto-merge; %s}
                set allowed { type ipv4_addr; flags interval; auto-merge; %s}
                set denied { type ipv4_addr; flags interval; auto-merge; %s}
                set resolvers { type ipv4_addr; flags interval; auto-merge; %s}
                set guarded { type ipv4_addr; flags interval; auto-merge; %s}
                chain refuse {
                    meta l4proto tcp reject with tcp reset
                    reject with icmpx admin-prohibited
                }
                chain mark_and_accept {
                    %s
                }
                chain by_destination {
                    ip daddr @opened goto mark_and_accept
                    ip daddr @allowed ip daddr != @guarded accept
                    ip daddr @denied goto refuse
                    %s
                    ip daddr @guarded goto refuse
                    %s
                }
                chain proxies {
                    ip daddr @opened tcp dport { 80, 443 } goto mark_and_accept
                    ip daddr @denied goto refuse
                    ip daddr @resolvers meta l4proto { tcp, udp } th dport 53 goto mark_and_accept
                    ip daddr @guarded goto refuse
                    tcp dport { 80, 443 } accept
                    goto refuse
                }
                chain output {
                    type filter hook output priority filter; policy drop;
                    oifname "lo" accept
                    %s
                    goto by_destination
                }
                %s
                chain input {
                    type filter hook input priority filter; policy drop;
                    iifname "lo" accept
                    meta nfproto ipv6 drop
                    icmp type { destination-unreachable, time-exceeded, parameter-problem } accept
                    ip saddr @opened accept
                    ip saddr @allowed ip saddr != @guarded accept
                    ip saddr @denied drop
                    ip saddr @resolvers meta l4proto { tcp, udp } th sport 53 accept
                    ip saddr @guarded drop
                    %s
                }
            }
            """;

    private static final String VETH_RULES = """
                    ip daddr 127.0.0.1 accept
                    meta nfproto ipv6 goto refuse
                    ip dscp 43 ip dscp set cs0
                    meta skuid 65534 goto proxies""";

    /**
     * Refuses addresses that slirp4netns would pass on to the host. A socket that is bound to {@code eth0} sends even 127.0.0.1 through
     * it, and slirp4netns takes that for the host's loopback.
     */
    private static final String SLIRP_RULES = """
                    meta nfproto ipv6 goto refuse
                    ip daddr @resolvers ip daddr != @denied meta l4proto { tcp, udp } th dport 53 accept
                    ip daddr { %s } goto refuse""";

    private static final String ASK_RESOLVERS =
            "ip daddr @resolvers meta l4proto { tcp, udp } th dport 53 goto mark_and_accept";

    /**
     * Redirects lookups, HTTP and HTTPS to the proxies, except to addresses that a rule allows. The proxies run as user 65534 and may
     * call only ports 80 and 443 and the name servers.
     */
    private static final String REDIRECT = """
            chain to_proxies {
                type nat hook output priority -100;
                oifname "lo" accept
                meta skuid 65534 accept
                ip daddr @opened accept
                ip daddr @allowed ip daddr != @guarded accept
                meta l4proto { tcp, udp } th dport 53 redirect to :53
                tcp dport 80 redirect to :10080
                tcp dport 443 redirect to :10443
            }
            """;

    String text() {
        var isDenied = rules.byDefault() == NetworkPolicy.DENY;
        return TABLE.formatted(
                elements(ranges(rules.allow()).filter(GuardedRanges::isOpenedBy)),
                elements(ranges(rules.allow()).filter(range -> !GuardedRanges.isOpenedBy(range))),
                elements(ranges(rules.deny())),
                elements((isDenied && !hasDomains() ? Stream.<InetAddress>empty() : resolvers.stream())
                        .map(address -> new Cidr(address, 32))),
                elements(Stream.concat(GuardedRanges.ALL.stream(), host == null ? Stream.of() : host.stream())),
                host == null ? "ip dscp set 43 accept" : "accept",
                isDenied ? "" : ASK_RESOLVERS,
                isDenied ? "goto refuse" : "accept",
                host == null ? VETH_RULES : SLIRP_RULES.formatted(list(Slirp.CLOSED.stream())),
                hasDomains() ? REDIRECT : "",
                hasDomains() ? "tcp sport { 80, 443 } accept" : isDenied ? "drop" : "accept");
    }

    private boolean hasDomains() {
        return rules.kinds().contains(NetworkRuleKind.DOMAIN);
    }

    /** Returns the IPv4 ranges. Sandboxes have no IPv6, so IPv6 ranges neither allow nor deny anything. */
    private static Stream<Cidr> ranges(List<NetworkTarget> targets) {
        return targets.stream()
                .filter(Cidr.class::isInstance)
                .map(Cidr.class::cast)
                .filter(range -> range.address() instanceof Inet4Address);
    }

    private static String list(Stream<Cidr> ranges) {
        return ranges.map(Cidr::toString).distinct().collect(Collectors.joining(", "));
    }

    private static String elements(Stream<Cidr> ranges) {
        var list = list(ranges);
        return list.isEmpty() ? "" : "elements = { " + list + " } ";
    }
}
