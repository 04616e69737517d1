package dev.sandboxer.local.hostile.network;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.local.hostile.AttackProgram;
import dev.sandboxer.local.hostile.HostileFilesIT;
import dev.sandboxer.local.hostile.Lab;
import dev.sandboxer.local.hostile.Victim;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A sandbox without a network has its own loopback and nothing else. */
class NetworkIT {
    @RegisterExtension
    static final Lab LAB = new Lab();

    @Test
    void there_is_no_interface_except_loopback_and_no_route() {
        assertThat(LAB.shared()
                        .rootSh("tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' '")
                        .text())
                .isEqualTo("lo");
        assertThat(LAB.shared().rootSh("tail -n +2 /proc/net/route").text()).isEmpty();
        var routes6 = LAB.shared().rootSh("cut -c150- /proc/net/ipv6_route | tr -d ' ' | sort -u");
        assertThat(routes6.output().strip()).matches("(lo)?|.*No such file.*");
    }

    @Test
    void services_on_the_host_cannot_be_reached() throws IOException {
        try (var server = new ServerSocket()) {
            server.bind(new InetSocketAddress("127.0.0.1", 0));
            var port = server.getLocalPort();
            var connect = "exec 3<>/dev/tcp/%s/" + port;
            assertThat(Victim.onHost("/bin/bash", "-c", connect.formatted("127.0.0.1") + " && echo reached"))
                    .isEqualTo("reached");
            for (String address : new String[] {"127.0.0.1", "::1"}) {
                for (String user : new String[] {"user", "root"}) {
                    var spec = ProcessSpec.builder("/bin/bash", "-c", connect.formatted(address))
                            .user(user)
                            .build();
                    assertThat(LAB.shared().run(spec).output())
                            .as(address)
                            .containsAnyOf("refused", "unreachable", "Cannot assign");
                }
            }
            assertThat(HostileFilesIT.refused(
                            () -> LAB.shared().session().ports().dial(port)))
                    .isEqualTo(Reason.REFUSED);
        }
    }

    @Test
    void abstract_sockets_of_the_host_cannot_be_reached() throws IOException, InterruptedException {
        var name = "sandboxer-hostile-" + System.nanoTime();
        var program = AttackProgram.onHost().toString();
        var server = new ProcessBuilder(program, "listen-abstract", name).start();
        try (var output = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(output.readLine()).isEqualTo("listening=OK");
            assertThat(Victim.onHost(program, "connect-abstract", name)).isEqualTo("connect=OK");
            LAB.shared().attack("user", "connect-abstract", name).failed("ECONNREFUSED", "connect");
            LAB.shared().attack("root", "connect-abstract", name).failed("ECONNREFUSED", "connect");
        } finally {
            server.destroyForcibly().waitFor();
        }
    }

    @Test
    void sockets_of_the_host_with_a_path_cannot_be_reached() throws IOException {
        var directory = Victim.temporaryDirectory();
        var socket = directory.resolve("socket");
        try (var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(socket));
            var connect = "use IO::Socket::UNIX; print IO::Socket::UNIX->new(Peer => '" + socket + "') ? 'OK' : $!";
            assertThat(Victim.onHost("/usr/bin/perl", "-e", connect)).isEqualTo("OK");
            var spec = ProcessSpec.builder("/usr/bin/perl", "-e", connect)
                    .user("root")
                    .build();
            assertThat(LAB.shared().run(spec).text()).isEqualTo("No such file or directory");
        } finally {
            Victim.onHost("rm", "-rf", directory.toString());
        }
    }

    @Test
    void the_sandbox_s_own_loopback_works() {
        var script = "use IO::Socket::INET; my $s = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1:8080');"
                + " print IO::Socket::INET->new('127.0.0.1:8080') ? 'OK' : $!";
        assertThat(LAB.shared()
                        .run(ProcessSpec.of("/usr/bin/perl", "-e", script))
                        .text())
                .isEqualTo("OK");
    }
}
