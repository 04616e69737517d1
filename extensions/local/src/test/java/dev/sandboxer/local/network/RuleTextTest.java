package dev.sandboxer.local.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.NetworkTarget;
import dev.sandboxer.extension.spec.NetworkTarget.Cidr;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Network rules are translated for the programs that enforce them: nft, dnsmasq and nginx. */
class RuleTextTest {
    private static final List<InetAddress> RESOLVERS = List.of(InetAddress.ofLiteral("192.0.2.53"));

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.0/8", "10.1.0.0/16", "192.168.1.7", "203.0.113.7", "169.254.169.254"})
    void a_single_address_and_a_range_within_a_guarded_one_open_guarded_addresses(String target) {
        assertThat(GuardedRanges.isOpenedBy(Cidr.parse(target))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0/0", "0.0.0.0/1", "192.0.0.0/8", "8.0.0.0/6", "203.0.113.0/24", "2001:db8::/32"})
    void a_wider_range_opens_no_guarded_address(String target) {
        assertThat(GuardedRanges.isOpenedBy(Cidr.parse(target))).isFalse();
    }

    @Test
    void name_servers_may_be_asked_unless_all_is_denied_and_no_domain_is_allowed() {
        assertThat(script(NetworkRules.ALLOW_ALL)).contains("192.0.2.53", "dport 53 goto mark_and_accept");
        assertThat(script(rules("203.0.113.0/24"))).doesNotContain("192.0.2.53");
        assertThat(script(rules("example.com"))).contains("192.0.2.53", "redirect to :10443");
    }

    @Test
    void behind_slirp4netns_no_rule_opens_loopback_and_the_host_is_guarded() {
        var host = List.of(Cidr.parse("203.0.113.2"));
        var text = new RuleScript(rules("127.0.0.1"), List.of(Slirp.RESOLVER), host).text();
        assertThat(text).contains("ip daddr { 0.0.0.0/8, 127.0.0.0/8, 198.18.0.0/15, 224.0.0.0/3 } goto refuse");
        assertThat(text)
                .contains("224.0.0.0/3, 203.0.113.2 }")
                .doesNotContain("daddr 127.0.0.1 accept", "skuid", "dscp");
    }

    @Test
    void the_host_s_addresses_are_the_kernel_s_local_and_broadcast_routes() {
        var routes = """
                Main:
                  +-- 0.0.0.0/0 3 0 5
                     |-- 0.0.0.0
                        /0 universe UNICAST
                     |-- 192.0.2.0
                        /24 link UNICAST
                Local:
                     |-- 192.0.2.2
                        /32 host LOCAL
                     |-- 192.0.2.255
                        /32 link BROADCAST
                     |-- 198.51.100.0
                        /24 host LOCAL
                """;
        assertThat(HostAddresses.parse(routes.lines().toList()))
                .containsExactly(Cidr.parse("192.0.2.2"), Cidr.parse("192.0.2.255"), Cidr.parse("198.51.100.0/24"));
    }

    @Test
    void ipv6_ranges_are_left_out_of_the_rules() {
        assertThat(script(rules("2001:db8::/32"))).doesNotContain("2001:db8");
    }

    @Test
    void only_allowed_names_are_forwarded_and_subdomains_only_if_allowed_too() {
        assertThat(new ProxyConfig(rules("example.com"), RESOLVERS).dnsmasq())
                .contains("server=/example.com/192.0.2.53\n", "local=/*.example.com/\n");
        assertThat(new ProxyConfig(rules("example.com", "*.example.com"), RESOLVERS).dnsmasq())
                .contains("server=/*.example.com/192.0.2.53\n")
                .doesNotContain("local=");
    }

    @Test
    void a_thousand_names_need_a_thousand_lines() {
        var names = java.util.stream.IntStream.range(0, 1000)
                .mapToObj(i -> "host" + i + ".example.com")
                .toArray(String[]::new);
        var text = new ProxyConfig(rules(names), RESOLVERS).nginx(Path.of("/module.so"));
        assertThat(text.lines().filter(line -> line.contains("$ssl_preread_server_name:443")))
                .hasSize(1000);
    }

    @Test
    void name_servers_on_loopback_are_skipped_in_favour_of_the_next_file(@TempDir Path directory) throws IOException {
        var stub = Files.writeString(directory.resolve("stub"), "nameserver 127.0.0.53\nnameserver ::1\n");
        var real = Files.writeString(
                directory.resolve("real"), "# none\nnameserver fd00::53\nnameserver 192.0.2.53\noptions edns0\n");
        assertThat(Resolvers.in(List.of(stub, real))).isEqualTo(RESOLVERS);
        assertThat(Resolvers.in(List.of(stub, directory.resolve("absent")))).isEmpty();
    }

    private static String script(NetworkRules rules) {
        return new RuleScript(rules, RESOLVERS, null).text();
    }

    private static NetworkRules rules(String... allowed) {
        return new NetworkRules(
                NetworkPolicy.DENY,
                List.of(allowed).stream().map(NetworkTarget::parse).toList(),
                List.of());
    }
}
