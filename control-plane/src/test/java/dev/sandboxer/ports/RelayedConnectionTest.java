package dev.sandboxer.ports;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.session.PortConnection;
import dev.sandboxer.testing.SettableClock;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client's connection, relayed to a fake server in a sandbox. */
@Timeout(60)
class RelayedConnectionTest {
    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-30T12:00:00Z"));
    private final Inside inside = new Inside();
    private Socket client;
    private RelayedConnection connection;
    private Thread relay;

    @BeforeEach
    void connect() throws IOException {
        try (var listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            client = new Socket(listener.getInetAddress(), listener.getLocalPort());
            connection = new RelayedConnection(listener.accept(), clock);
        }
        relay = Thread.startVirtualThread(() -> connection.relay(inside));
    }

    @AfterEach
    void end() throws IOException, InterruptedException {
        connection.close();
        client.close();
        relay.join();
    }

    @Test
    void a_client_that_has_ended_its_side_may_wait_for_an_answer() throws Exception {
        client.getOutputStream().write("question".getBytes(UTF_8));
        client.shutdownOutput();
        assertThat(inside.heard.readAllBytes()).asString(UTF_8).isEqualTo("question");
        assertThat(connection.isAbandoned(clock.instant())).isFalse();
        inside.says.write("answer".getBytes(UTF_8));
        inside.says.close();
        assertThat(client.getInputStream().readAllBytes()).asString(UTF_8).isEqualTo("answer");
        relay.join();
    }

    @Test
    void the_answer_of_a_server_that_stops_reading_arrives_completely() throws Exception {
        inside.heard.close(); // writing to it fails from now on
        inside.breaksAtEnd = true;
        client.getOutputStream().write(new byte[100_000]);
        inside.says.write("too large".getBytes(UTF_8));
        inside.says.close();
        assertThat(client.getInputStream().readAllBytes()).asString(UTF_8).isEqualTo("too large");
        client.shutdownOutput();
        relay.join();
    }

    @Test
    void a_half_closed_connection_is_abandoned_after_ten_minutes_of_silence() throws Exception {
        client.shutdownOutput();
        assertThat(inside.heard.readAllBytes()).isEmpty();
        clock.advance(Duration.ofMinutes(9));
        inside.says.write('.');
        inside.says.flush();
        assertThat(client.getInputStream().read()).isEqualTo('.');
        clock.advance(Duration.ofMinutes(9));
        assertThat(connection.isAbandoned(clock.instant())).isFalse();
        clock.advance(Duration.ofMinutes(2));
        assertThat(connection.isAbandoned(clock.instant())).isTrue();
    }

    @Test
    void silence_alone_does_not_abandon_a_connection() {
        clock.advance(Duration.ofDays(1));
        assertThat(connection.isAbandoned(clock.instant())).isFalse();
    }

    @Test
    void a_connection_that_breaks_in_the_sandbox_is_reset_at_the_client() throws Exception {
        inside.says.write("half".getBytes(UTF_8));
        inside.says.flush();
        assertThat(client.getInputStream().readNBytes(4)).asString(UTF_8).isEqualTo("half");
        connection.close();
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(IOException.class);
        relay.join();
    }

    /** A server in a sandbox, whose streams the test controls. */
    private static final class Inside implements PortConnection {
        final PipedInputStream heard = new PipedInputStream(64 * 1024);
        final PipedOutputStream says = new PipedOutputStream();
        volatile boolean breaksAtEnd;
        private final OutputStream output;
        private final InputStream input;

        Inside() {
            try {
                output = new PipedOutputStream(heard);
                input = new PipedInputStream(says, 64 * 1024);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public InputStream input() {
            return input;
        }

        @Override
        public OutputStream output() {
            return output;
        }

        @Override
        public void shutdownOutput() {
            if (breaksAtEnd) {
                throw new IllegalStateException("the server has gone");
            }
            endOutput();
        }

        private void endOutput() {
            try {
                output.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() {
            endOutput();
            try {
                says.close(); // readers see the end of the stream
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
