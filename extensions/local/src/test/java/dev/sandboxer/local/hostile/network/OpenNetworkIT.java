package dev.sandboxer.local.hostile.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sandboxer.extension.feature.Measuring;
import dev.sandboxer.extension.feature.NetworkUpdating;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.local.TestNetwork;
import dev.sandboxer.local.hostile.Calls;
import dev.sandboxer.local.hostile.Lab;
import dev.sandboxer.local.hostile.Victim;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A sandbox with a network reaches the addresses that its rules allow, and nothing else, whatever it tries. */
@Timeout(180)
class OpenNetworkIT {
    @RegisterExtension
    static final Lab LAB = Lab.withNetwork();

    @Test
    void allowing_all_opens_the_internet_but_no_private_network() {
        var victim = LAB.fresh(NetworkRules.ALLOW_ALL);
        Calls.assertReached(victim, "tcp=1.1.1.1:80", "tcp=9.9.9.9:443", "udp=9.9.9.9:9000", "ping=9.9.9.9:0");
        Calls.assertReached(
                victim, "tcp6=::ffff:9.9.9.9:8080", "udp=10.66.0.1:53", "tcp=10.66.0.1:53", "big=9.9.9.9:9000");
        Calls.assertRefused(
                victim,
                "tcp=10.66.0.1:80",
                "udp=10.66.0.1:9000",
                "tcp=192.168.7.7:8080",
                "tcp=169.254.169.254:80",
                "tcp=100.64.0.1:80",
                "tcp6=::ffff:169.254.169.254:80",
                "tcp6=::ffff:10.66.0.1:8080",
                "ping=10.66.0.1:0",
                "big=10.66.0.1:9000",
                "udp=192.168.7.7:53",
                "udp=224.0.0.1:9000",
                "udp=255.255.255.255:9000",
                "tcp=0.0.0.0:8080");
    }

    @Test
    void the_host_cannot_be_called_at_any_of_its_addresses() {
        var victim = LAB.fresh(NetworkRules.ALLOW_ALL);
        var addresses = TestNetwork.shared()
                .onHost("sh", "-c", "ip -4 -o address show | sed 's/.* inet \\([0-9.]*\\).*/\\1/'")
                .lines()
                .toList();
        assertThat(addresses).contains("127.0.0.1", TestNetwork.HOST).hasSizeGreaterThan(2);
        for (String address : addresses) {
            Calls.assertRefused(
                    victim, "tcp=" + address + ":8080", "tcp=" + address + ":80", "udp=" + address + ":9000");
            Calls.assertRefused(victim, "mark=" + address + ":8080");
        }
    }

    @Test
    void sandboxes_do_not_reach_each_other_and_the_host_does_not_reach_them() {
        var opened = Calls.rules(NetworkPolicy.BACKEND_DEFAULT, List.of("198.18.0.0/15"), List.of());
        var one = LAB.fresh(opened);
        var other = LAB.fresh(opened);
        var server = "import socket; s = socket.create_server(('0.0.0.0', 8080)); print('up', flush=True)\n"
                + "while True: s.accept()[0].sendall(b'x')";
        try (var process = other.session().processes().start(ProcessSpec.of("python3", "-c", server))) {
            assertThat(process.next(Victim.TIMEOUT)).isNotNull();
            Calls.assertReached(other, "tcp=127.0.0.1:8080");
            Calls.assertRefused(one, "tcp=" + address(other) + ":8080", "mark=" + address(other) + ":8080");
            assertThat(onHost("timeout", "5", "python3", "-c", CONNECT, address(other)))
                    .isEqualTo("refused");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final String CONNECT = "import socket, sys\n"
            + "try: socket.create_connection((sys.argv[1], 8080), 2); print('reached')\n"
            + "except OSError: print('refused')";

    @Test
    void ipv6_works_on_loopback_only() {
        var victim = LAB.fresh(NetworkRules.ALLOW_ALL);
        assertThat(victim.sh("cut -d' ' -f7- /proc/net/if_inet6 | tr -d ' '").text())
                .isEqualTo("lo");
        Calls.assertRefused(
                victim, "tcp6=2001:db8::1:80", "udp6=fe80::1:9000", "udp6=ff02::1:9000", "tcp6=fd00:ec2::254:80");
    }

    @Test
    void no_user_inside_can_open_raw_sockets_or_change_interfaces_routes_and_rules() {
        var victim = LAB.fresh(NetworkRules.ALLOW_ALL);
        for (String user : List.of("user", "root")) {
            var lines = Calls.call(
                    victim, user, "raw=9.9.9.9:0", "rawicmp=9.9.9.9:0", "packet=9.9.9.9:0", "spoof=9.9.9.9:9000");
            assertThat(lines).as(user).hasSize(4).allMatch(line -> line.contains("refused"));
        }
        for (String command : List.of(
                "nft flush ruleset",
                "nft list ruleset",
                "ip link set eth0 down",
                "ip address add 198.18.0.9/32 dev eth0",
                "ip route add 10.0.0.0/8 dev eth0",
                "ip link add other type dummy",
                "ip netns add other",
                "echo 0 > /proc/sys/net/ipv6/conf/eth0/disable_ipv6",
                "echo 1 > /proc/sys/net/ipv4/ip_forward")) {
            var result = victim.rootSh("PATH=$PATH:/usr/sbin:/sbin; " + command);
            assertThat(result.status()).as(command + ": " + result.output()).isNotZero();
        }
        Calls.assertRefused(victim, "tcp=10.66.0.1:80");
    }

    @Test
    void denied_addresses_are_refused_unless_they_are_also_allowed() {
        var victim = LAB.fresh(Calls.rules(
                NetworkPolicy.BACKEND_DEFAULT,
                List.of("1.1.1.2", "192.168.7.0/24"),
                List.of("1.1.1.0/24", "192.168.0.0/16", "9.9.9.9")));
        Calls.assertReached(victim, "tcp=1.1.1.2:8080", "tcp=192.168.7.7:8080", "tcp=203.0.113.1:8080");
        Calls.assertRefused(victim, "tcp=1.1.1.1:8080", "tcp=9.9.9.9:8080", "udp=9.9.9.9:9000", "tcp=10.66.0.1:80");
    }

    @Test
    void denying_by_default_leaves_only_allowed_addresses_and_no_name_server() {
        var victim = LAB.fresh(Calls.rules(NetworkPolicy.DENY, List.of("1.1.1.0/30"), List.of()));
        Calls.assertReached(victim, "tcp=1.1.1.1:8080", "tcp=1.1.1.2:8080");
        Calls.assertRefused(victim, "tcp=9.9.9.9:8080", "udp=10.66.0.1:53", "tcp=10.66.0.1:53", "ping=9.9.9.9:0");
    }

    @Test
    void allowing_every_address_opens_no_guarded_address() {
        var victim = LAB.fresh(Calls.rules(NetworkPolicy.DENY, List.of("0.0.0.0/0"), List.of("9.9.9.9")));
        Calls.assertReached(victim, "tcp=1.1.1.1:8080", "tcp=9.9.9.9:8080");
        Calls.assertRefused(victim, "tcp=169.254.169.254:80", "tcp=10.66.0.1:80", "tcp=" + TestNetwork.HOST + ":8080");
    }

    @Test
    void the_host_can_be_called_if_a_rule_names_it() {
        var victim = LAB.fresh(Calls.rules(NetworkPolicy.DENY, List.of(TestNetwork.HOST), List.of()));
        Calls.assertReached(victim, "tcp=" + TestNetwork.HOST + ":8080");
        Calls.assertRefused(victim, "tcp=" + TestNetwork.INTERNET + ":8080");
    }

    @Test
    void tighter_rules_cut_open_connections() throws Exception {
        var victim = LAB.fresh(NetworkRules.ALLOW_ALL);
        var talk = "import socket, time\ns = socket.create_connection(('9.9.9.9', 8080)); s.settimeout(10)\n"
                + "print(s.recv(100), flush=True)\n"
                + "while True:\n s.sendall(b'x')\n if not s.recv(100): raise OSError('closed')\n time.sleep(0.1)";
        try (var process = victim.session().processes().start(ProcessSpec.of("python3", "-c", talk))) {
            assertThat(process.next(Victim.TIMEOUT)).isNotNull();
            update(victim, Calls.rules(NetworkPolicy.BACKEND_DEFAULT, List.of(), List.of("9.9.9.0/24")));
            assertThat(Victim.await(process).status()).isNotZero();
        }
        Calls.assertRefused(victim, "tcp=9.9.9.9:8080");
        Calls.assertReached(victim, "tcp=1.1.1.1:8080");
        update(victim, NetworkRules.DENY_ALL);
        Calls.assertRefused(victim, "tcp=1.1.1.1:8080", "udp=10.66.0.1:53");
        update(victim, NetworkRules.ALLOW_ALL);
        Calls.assertReached(victim, "tcp=9.9.9.9:8080", "udp=10.66.0.1:53");
    }

    @Test
    void names_are_looked_up_at_the_host_s_resolver() {
        var victim = LAB.fresh(NetworkRules.ALLOW_ALL);
        assertThat(victim.sh("getent ahostsv4 example.com | head -1 | cut -d' ' -f1")
                        .text())
                .isEqualTo("1.1.1.1");
    }

    @Test
    void a_sandbox_can_listen_on_low_ports_without_a_capability() {
        var victim = LAB.fresh(NetworkRules.ALLOW_ALL);
        assertThat(victim.sh("python3 -c \"import socket; socket.create_server(('', 80)); print('fine')\"")
                        .text())
                .isEqualTo("fine");
    }

    private static String onHost(String... command) {
        return TestNetwork.shared().onHost(command);
    }

    @Test
    void bytes_in_and_out_are_counted() {
        var victim = LAB.fresh(NetworkRules.ALLOW_ALL);
        assumeTrue(LAB.backend() instanceof Measuring, "needs control groups that measure");
        var before = ((Measuring) LAB.backend()).metrics(victim.ref());
        victim.sh("curl -sS http://1.1.1.1/bytes/20000000 > /dev/null").text();
        var after = ((Measuring) LAB.backend()).metrics(victim.ref());
        assertThat(after.networkInBytes() - before.networkInBytes()).isBetween(20_000_000L, 24_000_000L);
        assertThat(after.networkOutBytes() - before.networkOutBytes()).isBetween(1000L, 4_000_000L);
        victim.sh("curl -sS -m 2 http://10.66.0.1/ --data-binary @/bin/bash");
        assertThat(((Measuring) LAB.backend()).metrics(victim.ref()).networkOutBytes() - after.networkOutBytes())
                .as("bytes sent by refused calls")
                .isLessThan(10_000L);
    }

    /** Returns a sandbox's own address. */
    static String address(Victim victim) {
        return victim.sh("python3 -c \"import socket; s = socket.socket(2, 2); s.connect(('9.9.9.9', 1)); "
                        + "print(s.getsockname()[0])\"")
                .text();
    }

    private static void update(Victim victim, NetworkRules rules) {
        ((NetworkUpdating) LAB.backend()).updateNetwork(victim.ref(), rules);
    }
}
