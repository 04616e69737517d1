package dev.sandboxer.local.hostile.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sandboxer.extension.feature.NetworkUpdating;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.spec.NetworkPolicy;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.local.TestNetwork;
import dev.sandboxer.local.hostile.Calls;
import dev.sandboxer.local.hostile.Lab;
import dev.sandboxer.local.hostile.Victim;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A sandbox whose rules allow some names reaches those over HTTP and TLS, and nothing else, whatever it tries. */
@Timeout(180)
class DomainRulesIT {
    @RegisterExtension
    static final Lab LAB = Lab.withNetwork();

    private static final NetworkRules NAMES = Calls.rules(
            NetworkPolicy.DENY,
            List.of("example.com", "*.wild.test", "metadata.test", "rebind.test", "1.1.1.2"),
            List.of());

    private static final String SCRIPT = Calls.resource("name.py");

    @BeforeAll
    static void possible() {
        assumeTrue(TestNetwork.shared().network().supportsDomains(), "needs dnsmasq, nginx and its stream module");
    }

    @Test
    void allowed_names_can_be_called_by_http_tls_and_websocket() {
        var victim = LAB.fresh(NAMES);
        assertThat(web(victim, "http", "example.com", "-", "example.com")).contains("1.1.1.1 host=example.com");
        assertThat(web(victim, "https", "example.com", "example.com", "any")).contains("sni=example.com");
        assertThat(web(victim, "https", "b.a.wild.test", "b.a.wild.test", "any"))
                .contains("sni=b.a.wild.test");
        assertThat(web(victim, "websocket", "example.com", "-", "example.com")).contains("101", "frame");
        Calls.assertReached(victim, "tcp=1.1.1.2:8080", "tcp=1.1.1.2:443");
    }

    @Test
    void other_names_are_refused_even_on_the_server_of_an_allowed_name() {
        var victim = LAB.fresh(NAMES);
        assertThat(web(victim, "http", "example.com", "-", "neighbour.test"))
                .contains("403")
                .doesNotContain("200");
        assertThat(web(victim, "http", "9.9.9.9", "-", "other.test")).doesNotContain("200");
        assertThat(web(victim, "http", "1.1.1.1", "-", "1.1.1.1")).doesNotContain("200");
        assertThat(web(victim, "https", "example.com", "other.test", "example.com"))
                .doesNotContain("200");
        assertThat(web(victim, "https", "example.com", "-", "example.com")).doesNotContain("200");
        assertThat(web(victim, "https", "1.1.1.1", "wild.test", "wild.test")).doesNotContain("200");
        assertThat(web(victim, "http", "example.com", "-", "example.com,other.test"))
                .as("a second request in the same connection, with another Host")
                .contains("200", "403");
    }

    @Test
    void an_allowed_name_that_resolves_to_a_guarded_address_is_refused() {
        var victim = LAB.fresh(NAMES);
        assertThat(web(victim, "http", "example.com", "-", "metadata.test")).doesNotContain("200");
        assertThat(web(victim, "https", "example.com", "metadata.test", "any")).doesNotContain("200");
        for (int i = 0; i < 4; i++) {
            assertThat(web(victim, "http", "example.com", "-", "rebind.test")).doesNotContain("10.66.0.1 host");
        }
    }

    @Test
    void the_address_that_a_sandbox_calls_for_an_allowed_name_does_not_matter() {
        var victim = LAB.fresh(NAMES);
        assertThat(web(victim, "http", "169.254.169.254", "-", "example.com")).contains("1.1.1.1 host=example.com");
    }

    @Test
    void only_allowed_names_can_be_looked_up_at_any_name_server() {
        var victim = LAB.fresh(NAMES);
        assertThat(lookup(victim, "example.com")).isEqualTo("1.1.1.1");
        assertThat(lookup(victim, "a.wild.test")).isEqualTo("9.9.9.9");
        for (String name : List.of("other.test", "stolen-data.example.com", "wild.test", "neighbour.test")) {
            assertThat(lookup(victim, name)).as(name).isEmpty();
        }
        Calls.assertRefused(victim, "tcp=10.66.0.1:8080", "udp=9.9.9.9:9000");
    }

    @Test
    void other_ports_and_protocols_are_refused() {
        var victim = LAB.fresh(NAMES);
        Calls.assertRefused(
                victim,
                "tcp=1.1.1.1:8080",
                "udp=1.1.1.1:443",
                "udp=1.1.1.1:9000",
                "ping=1.1.1.1:0",
                "tcp6=::ffff:1.1.1.1:8080",
                "tcp=" + TestNetwork.HOST + ":8080",
                "tcp=169.254.169.254:8080");
    }

    @Test
    void nobody_inside_can_stop_or_inspect_the_proxies() {
        var victim = LAB.fresh(NAMES);
        var proxies = proxies(victim);
        assertThat(proxies).hasSize(2);
        for (String pid : proxies) {
            for (String attack : List.of(
                    "kill -9 " + pid,
                    "kill -STOP " + pid,
                    "ls /proc/" + pid + "/root/",
                    "cat /proc/" + pid + "/environ",
                    "cat /proc/" + pid + "/mem",
                    "ls /proc/" + pid + "/fd/")) {
                assertThat(victim.rootSh(attack).status()).as(attack).isNotZero();
                assertThat(victim.sh(attack).status()).as(attack).isNotZero();
            }
        }
        assertThat(web(victim, "http", "example.com", "-", "example.com")).contains("200");
    }

    @Test
    void rules_on_names_can_change_while_the_sandbox_runs() {
        var victim = LAB.fresh(NetworkRules.ALLOW_ALL);
        assertThat(web(victim, "http", "9.9.9.9", "-", "other.test")).contains("9.9.9.9 host=other.test");
        update(victim, NAMES);
        assertThat(web(victim, "http", "9.9.9.9", "-", "other.test")).doesNotContain("200");
        assertThat(web(victim, "http", "example.com", "-", "example.com")).contains("200");
        update(victim, Calls.rules(NetworkPolicy.DENY, List.of("other.test"), List.of()));
        assertThat(web(victim, "http", "9.9.9.9", "-", "other.test")).contains("9.9.9.9 host=other.test");
        assertThat(web(victim, "http", "other.test", "-", "example.com")).doesNotContain("200");
        update(victim, NetworkRules.DENY_ALL);
        assertThat(web(victim, "http", "9.9.9.9", "-", "other.test")).doesNotContain("200");
        assertThat(proxies(victim)).isEmpty();
    }

    /** Returns the proxies' pids inside. Zombies are left out, because the host's init may be slow to reap them. */
    private static List<String> proxies(Victim victim) {
        var script = "for p in /proc/[0-9]*; do grep -qE '^Name:.(dnsmasq|nginx)$' $p/status 2>/dev/null"
                + " && ! grep -q '^State:.Z' $p/status && echo ${p#/proc/}; done; true";
        return victim.rootSh(script).text().lines().toList();
    }

    /** Returns a web server's answers, or the error. */
    private static String web(Victim victim, String how, String address, String serverName, String host) {
        return victim.run(ProcessSpec.of("python3", "-c", SCRIPT, how, address, serverName, host))
                .output();
    }

    private static String lookup(Victim victim, String name) {
        return victim.sh("getent ahostsv4 " + name + " | head -1 | cut -d' ' -f1")
                .output()
                .strip();
    }

    private static void update(Victim victim, NetworkRules rules) {
        ((NetworkUpdating) LAB.backend()).updateNetwork(victim.ref(), rules);
    }
}
