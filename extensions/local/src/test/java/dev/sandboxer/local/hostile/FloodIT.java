package dev.sandboxer.local.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.local.TestNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A sandbox can't use up the host's connection tracking, which other sandboxes need. */
@Timeout(180)
class FloodIT {
    @RegisterExtension
    static final Lab LAB = Lab.withNetwork();

    /** The host tracks each packet to another port as a connection. */
    private static final String FLOOD = """
            import socket
            sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(4)]
            sent = 0
            for port in range(1024, 9024):
                for s in sockets:
                    try:
                        s.sendto(b'x', ('9.9.9.9', port))
                        sent += 1
                    except OSError:
                        pass
            print(sent)
            """;

    @Test
    void a_sandbox_s_connections_are_limited_and_other_sandboxes_still_get_theirs() {
        var hostile = LAB.fresh(NetworkRules.ALLOW_ALL);
        var other = LAB.fresh(NetworkRules.ALLOW_ALL);
        assertThat(Integer.parseInt(
                        hostile.run(ProcessSpec.of("python3", "-c", FLOOD)).text()))
                .isGreaterThan(5000);
        var connections = TestNetwork.shared().onHost("cat", "/proc/sys/net/netfilter/nf_conntrack_count");
        assertThat(Integer.parseInt(connections)).isBetween(3000, 5000);
        Calls.assertReached(other, "tcp=9.9.9.9:8080", "udp=9.9.9.9:9000");
    }
}
