package dev.sandboxer.http.modal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.http.modal.edge.ModalIds;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.protocol.modal.ClientProto.PortSpec;
import dev.sandboxer.protocol.modal.ClientProto.PortSpecs;
import dev.sandboxer.protocol.modal.ClientProto.SandboxGetTunnelsRequest;
import dev.sandboxer.protocol.modal.ClientProto.SandboxTerminateRequest;
import dev.sandboxer.protocol.modal.ClientProto.TunnelData;
import dev.sandboxer.protocol.modal.ModalClientGrpc.ModalClientBlockingStub;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Tunnels to servers in sandboxes on this machine. */
@Timeout(180)
class ModalTunnelIT {
    /** Reads all that a client sends, then answers. */
    private static final int ECHO = 4000;

    /** Sends some bytes, ends its side, then counts the bytes that it receives. */
    private static final int ENDS_FIRST = 4001;

    /** Sends the number of bytes that the server on {@link #ENDS_FIRST} has received. */
    private static final int COUNTED = 4002;

    /** A server listens on this port, but no test opens the port without encryption. */
    private static final int HIDDEN = 4003;

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final String SERVERS = """
            import asyncio
            seen = 0
            async def echo(r, w):
                data = await r.read()
                w.write(b'heard ' + data)
                await w.drain()
                w.close()
            async def ends_first(r, w):
                global seen
                w.write(b'bye')
                w.write_eof()
                seen = len(await r.read())
                w.close()
            async def counted(r, w):
                w.write(str(seen).encode())
                w.close()
            async def main():
                for port, serve in ((4000, echo), (4001, ends_first), (4002, counted), (4003, echo)):
                    await asyncio.start_server(serve, '127.0.0.1', port, backlog=600)
                print('listening', flush=True)
                await asyncio.Event().wait()
            asyncio.run(main())
            """;

    private static ModalInstallation installation;
    private static ModalClientBlockingStub modal;

    @BeforeAll
    static void serve() throws IOException {
        installation = new ModalInstallation("python:3.13-slim");
        modal = installation.modal();
    }

    @AfterEach
    void end() {
        installation.destroySandboxes();
    }

    @AfterAll
    static void close() throws IOException {
        installation.close();
    }

    private static PortSpec unencrypted(int port) {
        return PortSpec.newBuilder().setPort(port).setUnencrypted(true).build();
    }

    private static PortSpec encrypted(int port) {
        return PortSpec.newBuilder().setPort(port).build();
    }

    private static String create(PortSpec... ports) {
        return installation.create(installation
                .definition()
                .setTimeoutSecs(300)
                .setOpenPorts(PortSpecs.newBuilder().addAllPorts(List.of(ports))));
    }

    private static Sandbox sandbox(String id) {
        var named = ModalIds.parseSandbox(id).orElseThrow();
        return installation.sandboxes().find(named.sandbox()).orElseThrow();
    }

    /** Starts the servers in a sandbox; returns once they listen. */
    private static void startServers(String id) throws InterruptedException {
        installation.sandboxes().<Boolean, InterruptedException>use(sandbox(id), session -> {
            var spec = ProcessSpec.of(List.of("python3", "-c", SERVERS));
            try (var process = session.processes().start(spec)) {
                while (!(process.next(Duration.ofSeconds(60)) instanceof ProcessEvent.Output)) {
                    // it has only started
                }
                return true;
            }
        });
    }

    private static String withServers(int... ports) throws InterruptedException {
        var specs = new ArrayList<PortSpec>();
        for (int port : ports) {
            specs.add(unencrypted(port));
        }
        var id = create(specs.toArray(PortSpec[]::new));
        startServers(id);
        return id;
    }

    private static Map<Integer, TunnelData> tunnels(ModalClientBlockingStub client, String id) {
        var all = new TreeMap<Integer, TunnelData>();
        client.sandboxGetTunnelsV2(
                        SandboxGetTunnelsRequest.newBuilder().setSandboxId(id).build())
                .getTunnelsList()
                .forEach(tunnel -> all.put(tunnel.getContainerPort(), tunnel));
        return all;
    }

    private static Socket connect(TunnelData tunnel) throws IOException {
        var socket = new Socket(tunnel.getUnencryptedHost(), tunnel.getUnencryptedPort());
        socket.setSoTimeout(60_000);
        return socket;
    }

    /** Sends a text, ends this side, and returns the server's answer. */
    private static String ask(TunnelData tunnel, String text) throws IOException {
        try (var socket = connect(tunnel)) {
            socket.getOutputStream().write(text.getBytes(UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    private static boolean answers(TunnelData tunnel) {
        try {
            return !ask(tunnel, "hello").isEmpty();
        } catch (IOException e) {
            return false;
        }
    }

    private static void assertStatus(Runnable call, Status.Code code) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode())
                                .as(e.getMessage())
                                .isEqualTo(code));
    }

    @Test
    void a_client_may_end_its_side_first_and_still_gets_the_answer() throws Exception {
        var tunnel = tunnels(modal, withServers(ECHO)).get(ECHO);
        assertThat(ask(tunnel, "hello")).isEqualTo("heard hello");
        var large = "0123456789abcdef".repeat(100_000);
        assertThat(ask(tunnel, large)).isEqualTo("heard " + large);
    }

    @Test
    void a_server_may_end_its_side_first_and_still_receives() throws Exception {
        var tunnels = tunnels(modal, withServers(ENDS_FIRST, COUNTED));
        try (var socket = connect(tunnels.get(ENDS_FIRST))) {
            assertThat(socket.getInputStream().readAllBytes()).asString(UTF_8).isEqualTo("bye");
            socket.getOutputStream().write(new byte[1_000_000]);
        }
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(ask(tunnels.get(COUNTED), "")).isEqualTo("1000000"));
    }

    @Test
    void only_open_unencrypted_ports_have_a_tunnel() throws Exception {
        var id = create(unencrypted(ECHO), encrypted(HIDDEN));
        startServers(id);
        var tunnels = tunnels(modal, id);
        assertThat(tunnels).containsOnlyKeys(ECHO);
        assertThat(tunnels(modal, id)).as("requested again").isEqualTo(tunnels);
        assertThat(tunnels(modal, create())).isEmpty();
        var hidden = create(encrypted(HIDDEN));
        assertStatus(() -> tunnels(modal, hidden), Status.Code.UNIMPLEMENTED);
    }

    @Test
    void a_tunnel_leads_to_its_own_sandbox_only() throws Exception {
        var mine = withServers(ECHO);
        var empty = tunnels(modal, create(unencrypted(ECHO), unencrypted(installation.port())));
        assertThat(answers(tunnels(modal, mine).get(ECHO))).isTrue();
        assertThat(answers(empty.get(ECHO)))
                .as("nothing listens in that sandbox")
                .isFalse();
        assertThat(answers(empty.get(installation.port())))
                .as("this server's own port")
                .isFalse();
        var stranger = installation.clientOf("other");
        assertStatus(() -> tunnels(stranger, mine), Status.Code.NOT_FOUND);
    }

    @Test
    void the_end_of_a_sandbox_ends_its_tunnels_and_their_connections() throws Exception {
        var id = withServers(ECHO);
        var tunnel = tunnels(modal, id).get(ECHO);
        try (var socket = connect(tunnel)) {
            socket.getOutputStream().write('x');
            assertThat(answers(tunnel)).isTrue();
            modal.sandboxTerminateV2(
                    SandboxTerminateRequest.newBuilder().setSandboxId(id).build());
            assertThat(isCut(socket)).isTrue();
        }
        await().atMost(LIMIT)
                .untilAsserted(
                        () -> assertThatThrownBy(() -> connect(tunnel).close()).isInstanceOf(IOException.class));
        assertStatus(() -> tunnels(modal, id), Status.Code.NOT_FOUND);
    }

    @Test
    void a_paused_sandbox_cuts_its_connections_and_answers_again_once_resumed() throws Exception {
        var id = withServers(ECHO);
        var tunnel = tunnels(modal, id).get(ECHO);
        try (var socket = connect(tunnel)) {
            socket.getOutputStream().write('x');
            installation.sandboxes().pause(sandbox(id));
            assertThat(isCut(socket)).isTrue();
        }
        assertThat(answers(tunnel)).isFalse();
        var profile = installation.sandboxer().profiles().get(sandbox(id).profile());
        installation.sandboxes().resume(sandbox(id), Duration.ofMinutes(5), profile);
        assertThat(ask(tunnel, "again")).isEqualTo("heard again");
    }

    /** Returns true if the connection is closed or reset without sending any data. */
    private static boolean isCut(Socket socket) {
        try {
            return socket.getInputStream().read() < 0;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void hundreds_of_clients_each_get_their_own_answer_and_no_more_than_the_limit_connect() throws Exception {
        var id = withServers(ECHO);
        var tunnel = tunnels(modal, id).get(ECHO);
        var held = new ArrayList<Socket>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 400; i++) {
                held.add(connect(tunnel));
            }
            var answers = new ArrayList<String>();
            var questions = held.stream()
                    .map(socket -> threads.submit(() -> {
                        var question = "I am " + socket.getLocalPort() + " ".repeat(10_000);
                        socket.getOutputStream().write(question.getBytes(UTF_8));
                        socket.shutdownOutput();
                        var answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
                        return answer.equals("heard " + question) ? "right" : answer;
                    }))
                    .toList();
            for (var question : questions) {
                answers.add(question.get());
            }
            assertThat(answers).containsOnly("right");
        }
        closeAll(held);

        boolean refused = false;
        for (int i = 0; i < 600 && !refused; i++) {
            refused = !connects(tunnel, held);
        }
        assertThat(refused || isCut(held.getLast()))
                .as("a connection above the limit is refused")
                .isTrue();
        runCommand(id);
        closeAll(held);
        await().atMost(LIMIT).until(() -> answers(tunnel));
    }

    /** Returns false if the connection was reset while it was made. */
    private static boolean connects(TunnelData tunnel, List<Socket> held) throws IOException {
        try {
            return held.add(connect(tunnel));
        } catch (SocketException e) {
            return false;
        }
    }

    /** Runs a command, to show that the owner still can. */
    private static void runCommand(String id) throws InterruptedException {
        installation.sandboxes().<Boolean, InterruptedException>use(sandbox(id), session -> {
            try (var process = session.processes().start(ProcessSpec.of(List.of("true")))) {
                while (!(process.next(Duration.ofSeconds(60)) instanceof ProcessEvent.Exited)) {
                    // it has only started
                }
                return true;
            }
        });
    }

    private static void closeAll(List<Socket> sockets) throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        sockets.clear();
    }
}
