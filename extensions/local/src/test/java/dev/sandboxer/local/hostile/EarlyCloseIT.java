package dev.sandboxer.local.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.RunningProcess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An agent closes the connection while its caller is still sending. Everything that the agent sent before still arrives. */
@Timeout(30)
class EarlyCloseIT {
    /** More than is read ahead, so that most of it is still in the socket when the caller notices the end. */
    private static final int OUTPUTS = 20;

    private static final int OUTPUT = 4000;

    private static final int MORE_THAN_A_SOCKET_HOLDS = 8 << 20;

    @RegisterExtension
    static final Lab LAB = new Lab();

    @Test
    void a_process_s_output_and_end_arrive_although_its_input_was_not_read() throws Exception {
        try (var agent = new HostileAgent(LAB, LAB.fresh(), EarlyCloseIT::runs);
                var process = agent.session().processes().start(ProcessSpec.of("true"))) {
            process.writeInput(new byte[MORE_THAN_A_SOCKET_HOLDS], 0, MORE_THAN_A_SOCKET_HOLDS);

            for (int i = 0; i < OUTPUTS; i++) {
                assertThat(next(process)).isInstanceOf(ProcessEvent.Output.class);
            }
            assertThat(next(process)).isEqualTo(new ProcessEvent.Exited(5, 0, false));
        }
    }

    private static ProcessEvent next(RunningProcess process) throws InterruptedException {
        var event = process.next(Duration.ofSeconds(10));
        assertThat(event).isNotNull();
        return event;
    }

    private static void runs(SocketChannel caller, HostileAgent self) throws IOException {
        send(caller, 30, ByteBuffer.allocate(4).putInt(7));
        for (int i = 0; i < OUTPUTS; i++) {
            send(caller, 32, ByteBuffer.allocate(OUTPUT).put((byte) 1).position(OUTPUT));
        }
        send(caller, 33, ByteBuffer.allocate(9).putInt(5).position(9));
        caller.read(ByteBuffer.allocate(1)); // the caller has begun to send
    }

    @Test
    void a_port_s_answer_arrives_although_it_did_not_read_the_whole_request() throws Exception {
        var answer = 20_000;
        try (var agent = new HostileAgent(LAB, LAB.fresh(), (caller, _) -> {
                    send(caller, 52, ByteBuffer.allocate(0));
                    caller.write(ByteBuffer.allocate(answer));
                    caller.read(ByteBuffer.allocate(1));
                });
                var connection = agent.session().ports().dial(80)) {
            assertThatThrownBy(() -> connection.output().write(new byte[MORE_THAN_A_SOCKET_HOLDS]))
                    .isInstanceOf(IOException.class);

            assertThat(connection.input().readNBytes(answer)).hasSize(answer);
        }
    }

    @Test
    void a_refusal_arrives_although_the_request_was_not_read() throws Exception {
        try (var agent = new HostileAgent(
                LAB,
                LAB.fresh(),
                (caller, _) -> send(
                        caller,
                        2,
                        ByteBuffer.allocate(10).putShort((short) 12).putInt(4).put("full".getBytes(UTF_8))))) {
            for (int i = 0; i < 50; i++) {
                assertThatThrownBy(() -> agent.session().files().stat("/" + "x".repeat(500_000), null))
                        .isInstanceOfSatisfying(
                                OperationException.class,
                                e -> assertThat(e.reason()).isEqualTo(Reason.LIMIT));
            }
        }
    }

    private static void send(SocketChannel caller, int type, ByteBuffer payload) throws IOException {
        payload.flip();
        caller.write(new ByteBuffer[] {
            ByteBuffer.allocate(5).putInt(payload.remaining()).put((byte) type).flip(), payload.duplicate()
        });
    }
}
