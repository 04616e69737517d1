package dev.sandboxer.local.hostile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Session;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A hostile agent sends garbage. Each call still ends in limited time and memory. */
@Timeout(30)
class GarbageIT {
    @RegisterExtension
    static final Lab LAB = new Lab();

    private interface Answer {
        void to(SocketChannel client) throws IOException;
    }

    @Test
    void a_frame_of_four_gigabytes_is_refused_at_once() throws IOException {
        against(client -> client.write(frame(-1, 30)), session -> {
            fails(Kind.INTERNAL, () -> session.processes().start(ProcessSpec.of("true")));
            fails(Kind.INTERNAL, () -> session.files().stat("/", null));
            fails(Kind.INTERNAL, () -> session.ports().dial(80));
        });
    }

    @Test
    void a_wrong_type_and_a_short_frame_are_refused() throws IOException {
        against(client -> client.write(frame(0, 99)), session -> {
            fails(Kind.INTERNAL, () -> session.processes().list());
            fails(Kind.INTERNAL, () -> session.files().list("/", 1, null, entry -> {}));
            fails(Kind.INTERNAL, () -> session.files().makeDirectory("/x", null));
        });
        against(
                client -> client.write(frame(0, 50)),
                session -> fails(Kind.INTERNAL, () -> session.files().stat("/", null)));
    }

    @Test
    void an_impossible_count_is_refused() throws IOException {
        // an entry whose first string has a stated length of 2,000,000,000 bytes
        against(
                client -> client.write(ByteBuffer.allocate(9)
                        .putInt(4)
                        .put((byte) 50)
                        .putInt(2_000_000_000)
                        .flip()),
                session -> fails(Kind.INTERNAL, () -> session.files().stat("/", null)));
    }

    @Test
    void silence_and_single_bytes_run_into_the_time_out() throws IOException {
        against(
                client -> client.read(ByteBuffer.allocate(1 << 16)),
                session -> fails(Kind.TRANSIENT, () -> session.files().stat("/", null)));
        against(
                client -> {
                    for (int i = 0; i < 100; i++) {
                        client.write(ByteBuffer.wrap(new byte[] {0}));
                        LockSupport.parkNanos(100_000_000);
                    }
                },
                session -> fails(
                        Kind.INTERNAL, Kind.TRANSIENT, () -> session.files().stat("/", null)));
    }

    @Test
    void a_process_stream_of_garbage_ends_in_a_failure() throws IOException {
        against(
                client -> {
                    client.write(ByteBuffer.allocate(9)
                            .putInt(4)
                            .put((byte) 30)
                            .putInt(7)
                            .flip());
                    client.write(ByteBuffer.wrap(new byte[] {0, 0, 0, 1, 32, 9})); // output on no known channel
                },
                session -> {
                    try (var process = session.processes().start(ProcessSpec.of("true"))) {
                        fails(Kind.INTERNAL, () -> {
                            try {
                                process.next(Duration.ofSeconds(10));
                            } catch (InterruptedException e) {
                                throw new IllegalStateException(e);
                            }
                        });
                    }
                });
    }

    private static ByteBuffer frame(int length, int type) {
        return ByteBuffer.allocate(16)
                .putInt(length)
                .put((byte) type)
                .flip()
                .limit(5)
                .position(0)
                .slice();
    }

    private static void fails(Kind kind, Runnable call) {
        fails(kind, kind, call);
    }

    private static void fails(Kind kind, Kind orKind, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        ExtensionException.class,
                        e -> assertThat(e.kind()).as(e.getMessage()).isIn(kind, orKind));
    }

    private static void against(Answer answer, Consumer<Session> calls) throws IOException {
        try (var agent = new HostileAgent(LAB, LAB.fresh(), (caller, _) -> {
            answer.to(caller);
            while (caller.read(ByteBuffer.allocate(1 << 16)) >= 0) {
                // stays open until the caller closes the connection
            }
        })) {
            calls.accept(agent.session());
        }
    }
}
