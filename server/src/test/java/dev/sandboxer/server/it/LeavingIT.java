package dev.sandboxer.server.it;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.server.it.harness.ConnectStream;
import dev.sandboxer.server.it.harness.Guest;
import dev.sandboxer.server.it.harness.Http2Wire;
import dev.sandboxer.server.it.harness.LiveServer;
import dev.sandboxer.server.it.harness.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that disconnect in the middle of a call. */
class LeavingIT {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    /** The most sockets that the test's own requests use. */
    private static final int OWN_SOCKETS = 4;

    @RegisterExtension
    static final LiveServer server = new LiveServer();

    enum Leaving {
        CLOSE,
        RESET;

        void leave(Wire client) throws IOException {
            switch (this) {
                case CLOSE -> client.close();
                case RESET -> client.reset();
            }
        }
    }

    private static void soon(Callable<Boolean> condition) {
        await().atMost(TIMEOUT).until(condition);
    }

    /** Returns the number of active requests, without this one. */
    private static int activeRequests() throws IOException {
        return activeRequests(server);
    }

    static int activeRequests(LiveServer server) throws IOException {
        return server.ask("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n")
                        .body()
                        .lines()
                        .filter(line -> line.startsWith("sandboxer_http_requests_active "))
                        .mapToInt(line -> (int) Double.parseDouble(line.split(" ")[1]))
                        .sum()
                - 1;
    }

    /** Returns the number of sockets of this process: of clients, of the server, and into sandboxes. */
    private static long sockets() throws IOException {
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(LeavingIT::isSocket).count();
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }

    @ParameterizedTest
    @EnumSource
    void a_process_continues_when_its_client_leaves_and_can_be_attached_to_again(Leaving how) throws Exception {
        var sandbox = server.sandbox();
        sandbox.run("rm -f /tmp/go; mkfifo /tmp/go");
        var stream = sandbox.start("read line < /tmp/go; echo $line > /tmp/done" + how);
        var pid = stream.pid();
        how.leave(stream.wire());

        soon(() -> activeRequests() == 0);
        assertThat(sandbox.processes()).hasSize(1);
        try (var again = sandbox.stream("process.Process/Connect", "{\"process\":{\"pid\":" + pid + "}}")) {
            assertThat(again.pid()).isEqualTo(pid);
            sandbox.run("echo on > /tmp/go");
            assertThat(again.last().error()).isEmpty();
        }
        assertThat(sandbox.run("cat /tmp/done" + how)).isEqualTo("on\n");
    }

    @ParameterizedTest
    @EnumSource
    void a_watch_ends_when_its_client_leaves(Leaving how) throws Exception {
        var sandbox = server.sandbox();
        var before = sockets();
        var watches = new ArrayList<ConnectStream>();
        for (int i = 0; i < 20; i++) {
            var watch = sandbox.stream("filesystem.Filesystem/WatchDir", "{\"path\":\"/tmp\"}");
            watch.next();
            watches.add(watch);
        }
        assertThat(sockets()).isGreaterThan(before + 2 * 20);
        for (var watch : watches) {
            how.leave(watch.wire());
        }

        soon(() -> activeRequests() == 0 && sockets() <= before + OWN_SOCKETS);
    }

    @ParameterizedTest
    @EnumSource
    void an_interrupted_upload_leaves_no_file(Leaving how) throws Exception {
        var sandbox = server.sandbox();
        sandbox.run("mkdir -p /tmp/up");
        for (String type : List.of("application/octet-stream", "multipart/form-data; boundary=b")) {
            var client = server.connect();
            client.send("POST /files?path=/tmp/up/file HTTP/1.1\r\n" + sandbox.headers() + "Content-Type: " + type
                    + "\r\nContent-Length: 100000000\r\n\r\n"
                    + "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"x\"\r\n\r\n");
            // more than the buffers on the way hold, so a part of it has been written
            client.send(new byte[32 << 20]);
            how.leave(client);

            soon(() -> activeRequests() == 0);
            assertThat(sandbox.run("ls -A /tmp/up")).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void an_abandoned_download_frees_its_connections(Leaving how) throws Exception {
        var sandbox = server.sandbox();
        sandbox.run("truncate -s 1G /tmp/large");
        var before = sockets();
        var client = Wire.connectSmall(server.address());
        client.send("GET /files?path=/tmp/large HTTP/1.1\r\n" + sandbox.headers() + "\r\n");
        assertThat(client.head()).startsWith("HTTP/1.1 200 ");
        client.exactly(100_000);
        how.leave(client);

        soon(() -> activeRequests() == 0 && sockets() <= before + OWN_SOCKETS);
        server.serves(sandbox);
    }

    @Test
    void cancelling_an_http2_stream_ends_it_alone_and_hanging_up_ends_all() throws Exception {
        var sandbox = server.sandbox();
        var watch = ConnectStream.frame(0, "{\"path\":\"/tmp\"}".getBytes(UTF_8));
        try (var client = new Http2Wire(server.address())) {
            var process = client.call(
                    sandbox,
                    "process.Process/Start",
                    ConnectStream.frame(0, Guest.shell("exec sleep 1000").getBytes(UTF_8)));
            var neighbour = client.call(sandbox, "filesystem.Filesystem/WatchDir", watch);
            var other = client.call(sandbox, "filesystem.Filesystem/WatchDir", watch);
            for (var call : List.of(process, neighbour, other)) {
                call.begun().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            }
            process.cancel();
            other.cancel();

            soon(() -> activeRequests() == 1);
            assertThat(neighbour.all()).isNotDone();
        }
        soon(() -> activeRequests() == 0);
        assertThat(sandbox.processes()).hasSize(1);
        sandbox.run("pkill -x sleep");
        soon(() -> sandbox.processes().isEmpty());
    }

    @Test
    void many_leaving_clients_leave_neither_sockets_nor_processes_behind() throws Exception {
        var before = sockets();
        for (int i = 0; i < 100; i++) {
            var stream = server.sandbox().start("echo up");
            Leaving.values()[i % 2].leave(stream.wire());
        }
        soon(() -> activeRequests() == 0 && sockets() <= before + OWN_SOCKETS);
        soon(() -> server.sandbox().processes().isEmpty());
    }
}
