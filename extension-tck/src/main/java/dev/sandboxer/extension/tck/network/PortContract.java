package dev.sandboxer.extension.tck.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.PortConnection;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.extension.tck.Box;
import dev.sandboxer.extension.tck.Bytes;
import dev.sandboxer.extension.tck.Failures;
import dev.sandboxer.extension.tck.SandboxContract;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Contract for connections to servers inside a sandbox. */
public abstract class PortContract extends SandboxContract {
    /** Called by the subclass that tests an extension. */
    protected PortContract() {}

    private final AtomicInteger ports = new AtomicInteger(20_000);

    @Override
    protected final Set<Capability> needs() {
        return Set.of(Capability.PORTS);
    }

    @Test
    void bytes_arrive_in_both_directions() throws IOException {
        int port = ports.incrementAndGet();
        try (var server = echoServer(box(), port)) {
            try (var connection = dial(port)) {
                for (int i = 0; i < 100; i++) {
                    say(connection, "ping " + i);
                }
            }
            server.signal(Signal.KILL, true);
        }
    }

    @Test
    void a_port_where_nobody_listens_refuses() {
        Failures.refuses(Reason.REFUSED, () -> dial(ports.incrementAndGet()).close());
    }

    @Test
    void a_port_refuses_again_when_its_server_has_ended() {
        int port = ports.incrementAndGet();
        try (var server = echoServer(box(), port)) {
            dial(port).close();
            server.signal(Signal.KILL, true);
            box().transcript(server).toEnd();
            Failures.refuses(Reason.REFUSED, () -> dial(port).close());
        }
    }

    @Test
    void the_answer_is_still_read_after_the_output_is_shut_down() throws IOException {
        int port = ports.incrementAndGet();
        try (var server = echoServer(box(), port);
                var connection = dial(port)) {
            connection.output().write("all of it".getBytes(UTF_8));
            connection.output().flush();
            connection.shutdownOutput();
            assertThat(connection.input().readAllBytes()).asString(UTF_8).isEqualTo("all of it");
            server.signal(Signal.KILL, true);
        }
    }

    @Test
    void a_megabyte_goes_both_ways_at_once() throws Exception {
        int port = ports.incrementAndGet();
        try (var server = echoServer(box(), port);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            exchange(threads, port, 1);
            server.signal(Signal.KILL, true);
        }
    }

    @Test
    void fifty_connections_at_once_do_not_mix() throws Exception {
        int port = ports.incrementAndGet();
        try (var server = echoServer(box(), port);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var exchanges = IntStream.range(0, 50)
                    .mapToObj(seed -> threads.submit(() -> {
                        exchange(threads, port, seed);
                        return seed;
                    }))
                    .toList();
            for (var exchange : exchanges) {
                exchange.get(fixture().timeout().multipliedBy(2).toSeconds(), TimeUnit.SECONDS);
            }
            server.signal(Signal.KILL, true);
        }
    }

    @Test
    void the_end_of_the_server_ends_the_connection() {
        int port = ports.incrementAndGet();
        try (var server = echoServer(box(), port);
                var connection = dial(port)) {
            say(connection, "hello");
            server.signal(Signal.KILL, true);
            assertThat(readEnds(connection)).isTrue();
        } catch (IOException e) {
            throw new AssertionError("the connection failed while the server was running", e);
        }
    }

    @Test
    void a_port_of_one_sandbox_is_not_reached_through_another() {
        int port = ports.incrementAndGet();
        var other = create();
        try (var server = echoServer(box(), port)) {
            Failures.refuses(
                    Reason.REFUSED, () -> other.session().ports().dial(port).close());
            server.signal(Signal.KILL, true);
        }
        destroy(other);
    }

    private RunningProcess echoServer(Box box, int port) {
        var server = box.start(ProcessSpec.of(fixture().echoServer(port)));
        box.transcript(server).until("listening");
        return server;
    }

    private PortConnection dial(int port) {
        return box().session().ports().dial(port);
    }

    private static void say(PortConnection connection, String text) throws IOException {
        var bytes = text.getBytes(UTF_8);
        connection.output().write(bytes);
        connection.output().flush();
        assertThat(connection.input().readNBytes(bytes.length)).isEqualTo(bytes);
    }

    private void exchange(ExecutorService threads, int port, long seed) throws Exception {
        var content = Bytes.random(1 << 20, seed);
        try (var connection = dial(port)) {
            var sending = threads.submit(() -> {
                connection.output().write(content);
                connection.shutdownOutput();
                return seed;
            });
            assertThat(Bytes.sha256(connection.input().readAllBytes())).isEqualTo(Bytes.sha256(content));
            sending.get(fixture().timeout().toSeconds(), TimeUnit.SECONDS);
        }
    }

    /** Returns true if reading reaches the end of the stream or a connection reset. */
    private static boolean readEnds(PortConnection connection) {
        try {
            return connection.input().read() == -1;
        } catch (IOException e) {
            return true;
        }
    }
}
