package dev.sandboxer.extension.support;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.PortConnection;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.RunningProcess;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests port connections through each kind of relay, where the contracts of the test kit don't cover them. */
class PortsTest extends ContainerTest {
    /** Reads to the end, then answers with the same text in capitals. */
    private static final String PATIENT =
            "data = b''.join(iter(lambda: peer.recv(999), b'')); peer.sendall(data.upper())";

    /** Sends an answer and closes without reading. */
    private static final String EARLY = "peer.sendall(b'no')";

    /** Sends endlessly. */
    private static final String ENDLESS = "[peer.sendall(bytes(65536)) for _ in iter(int, 1)]";

    private int port = 20_000;

    PortsTest() {
        super(Container.Image.HOST);
    }

    @ParameterizedTest
    @ValueSource(strings = {"perl", "python3", "busybox"})
    void the_server_sees_the_end_of_our_data_and_we_still_read_its_answer(String relay) throws Exception {
        try (var server = server("127.0.0.1", PATIENT);
                var connection = only(relay).dial(port)) {
            var all = "all of it ".repeat(100_000).getBytes(UTF_8);
            connection.output().write(all);
            connection.shutdownOutput();
            var got = new String(connection.input().readAllBytes(), UTF_8);
            assertThat(got).isEqualTo("ALL OF IT ".repeat(100_000));
            end(server);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"perl", "python3", "busybox"})
    void an_early_answer_is_read_and_sending_fails_after_the_server_has_closed(String relay) throws Exception {
        try (var server = server("127.0.0.1", EARLY);
                var connection = only(relay).dial(port)) {
            assertThat(connection.input().readAllBytes()).asString().isEqualTo("no");
            assertThatThrownBy(() -> sendForEver(connection)).isInstanceOf(IOException.class);
            end(server);
        }
    }

    private static void sendForEver(PortConnection connection) throws IOException {
        while (true) {
            connection.output().write(new byte[65_536]);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"perl", "python3", "busybox"})
    void a_port_without_a_server_is_refused(String relay) {
        assertThat(refusal(() -> only(relay).dial(9))).isEqualTo(Reason.REFUSED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"perl", "python3"})
    void a_server_that_listens_on_IPv6_only_is_found_too(String relay) throws Exception {
        try (var server = server("::1", PATIENT);
                var connection = only(relay).dial(port)) {
            connection.output().write('x');
            connection.shutdownOutput();
            assertThat(connection.input().readAllBytes()).asString().isEqualTo("X");
            end(server);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"perl", "python3", "busybox"})
    void closing_ends_the_relay_while_the_server_keeps_sending(String relay) throws Exception {
        try (var server = server("127.0.0.1", ENDLESS)) {
            var connection = only(relay).dial(port);
            assertThat(connection.input().read()).isZero();
            connection.close();
            connection.close();
            assertThatThrownBy(() -> connection.input().readAllBytes()).isInstanceOf(IOException.class);
            assertThat(new Shell(container.exec())
                            .run(
                                    "until ! cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' | grep -q \"$1\"; do"
                                            + " sleep 0.02; done",
                                    "[s]ysread\\|[o]s.read\\|[n]c 127.0.0.1")
                            .status())
                    .as("the relay has ended")
                    .isZero();
            end(server);
        }
    }

    @Test
    void a_sandbox_without_any_relay_refuses_connections_as_unsupported() {
        assertThat(refusal(() -> only("nothing").dial(80))).isEqualTo(Reason.UNSUPPORTED);
        assertThat(refusal(() -> ports.dial(0))).isEqualTo(Reason.INVALID);
        assertThat(refusal(() -> ports.dial(65_536))).isEqualTo(Reason.INVALID);
    }

    /** Returns the ports of a sandbox that has only one relay tool. */
    private ExecPorts only(String relay) {
        var directory = "/home/only-" + relay;
        new Shell(container.exec())
                .run("mkdir -p $1; for t in $2 cat; do ln -sf /usr/bin/$t $1/; done", directory, relay)
                .check("making a path");
        return new ExecPorts(container.exec(Map.of("PATH", directory)));
    }

    private RunningProcess server(String host, String behaviour) throws InterruptedException {
        var script = """
                import socket, sys, threading
                def serve(peer):
                    with peer:
                        %s
                server = socket.create_server((sys.argv[1], int(sys.argv[2])), family=int(sys.argv[3]))
                print("listening", flush=True)
                while True:
                    threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()
                """.formatted(behaviour);
        var family = host.contains(":") ? "10" : "2";
        var server = processes.start(ProcessSpec.of("python3", "-c", script, host, "" + ++port, family));
        until(server, "listening");
        return server;
    }

    private static void end(RunningProcess server) {
        server.signal(dev.sandboxer.extension.session.Signal.KILL, true);
    }
}
