package dev.sandboxer.cli.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.cli.Cli;
import dev.sandboxer.cli.sandboxes.ports.ForwardedPorts;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/** Many clients and slow ones on a forwarded port. */
class PortFloodIT {
    private static final int CLIENTS = 200;
    private static final long MAX_KIB = 64 << 10;

    /** Sends each client what the client has sent. To a client that begins with a zero byte it sends data without end. */
    private static final String SERVER = """
            import socket, threading
            s = socket.create_server(("127.0.0.1", 7000), backlog=512)
            def serve(c):
                try:
                    first = c.recv(65536)
                    while first[:1] == b"\\0":
                        c.sendall(b"x" * 65536)
                    while first:
                        c.sendall(first)
                        first = c.recv(65536)
                except OSError:
                    pass
                c.close()
            while True:
                threading.Thread(target=serve, args=(s.accept()[0],), daemon=True).start()
            """;

    @AutoClose
    private final Cli cli = Cli.onFreshHome();

    @Test
    void two_hundred_slow_readers_cost_little_memory_and_block_nobody() throws Exception {
        try (var forwarded = forwarded()) {
            exchange(forwarded, "warm", 100); // loads classes that the first connection needs
            var before = residentKiB(forwarded.process());
            var slow = new ArrayList<Socket>();
            try {
                for (int i = 0; i < CLIENTS; i++) {
                    var client = forwarded.connect();
                    slow.add(client);
                    client.getOutputStream().write(0);
                }
                for (Socket client : slow) {
                    assertThat(client.getInputStream().read()).isEqualTo('x');
                }
                for (int i = 0; i < 20; i++) {
                    exchange(forwarded, "still served " + i, 10_000);
                }
                assertThat(residentKiB(forwarded.process()) - before).isLessThan(MAX_KIB);
            } finally {
                for (Socket client : slow) {
                    client.close();
                }
            }
            exchange(forwarded, "afterwards", 10_000);
        }
    }

    @Test
    void two_hundred_concurrent_clients_each_get_their_own_bytes() throws Exception {
        try (var forwarded = forwarded();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var clients = new ArrayList<Callable<Boolean>>();
            for (int i = 0; i < CLIENTS; i++) {
                var word = "client " + i + ";";
                clients.add(() -> {
                    exchange(forwarded, word, 20_000);
                    return true;
                });
            }
            for (var client : threads.invokeAll(clients)) {
                assertThat(client.get(ForwardedPorts.LIMIT.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
            }
        }
    }

    @Test
    void clients_beyond_the_limit_wait_until_another_leaves() throws Exception {
        try (var forwarded = forwarded()) {
            var open = new ArrayList<Socket>();
            try {
                for (int i = 0; i < 512; i++) {
                    open.add(forwarded.connect());
                }
                for (Socket client : List.copyOf(open)) {
                    exchange(client, "open", 1);
                }
                try (var late = forwarded.connect()) {
                    late.getOutputStream().write("late".getBytes(UTF_8));
                    open.removeLast().close();
                    assertThat(late.getInputStream().readNBytes(4))
                            .asString(UTF_8)
                            .isEqualTo("late");
                }
            } finally {
                for (Socket client : open) {
                    client.close();
                }
            }
        }
    }

    private ForwardedPorts forwarded() throws IOException {
        var id = cli.create("--memory", "1GiB");
        cli.run("exec", "-d", id, "python3", "-c", SERVER);
        var forwarded = ForwardedPorts.of(cli.process(), id, "0:7000");
        await().atMost(ForwardedPorts.LIMIT).ignoreExceptions().until(() -> {
            exchange(forwarded, "up", 1);
            return true;
        });
        return forwarded;
    }

    private static void exchange(ForwardedPorts forwarded, String word, int times) throws IOException {
        try (var client = forwarded.connect()) {
            exchange(client, word, times);
        }
    }

    private static void exchange(Socket client, String word, int times) throws IOException {
        client.setSoTimeout(Math.toIntExact(ForwardedPorts.LIMIT.toMillis()));
        var text = word.repeat(times);
        var writing = Thread.ofVirtual().start(() -> {
            try {
                client.getOutputStream().write(text.getBytes(UTF_8));
            } catch (IOException e) {
                // reading fails then
            }
        });
        assertThat(client.getInputStream().readNBytes(text.length()))
                .asString(UTF_8)
                .isEqualTo(text);
        try {
            writing.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long residentKiB(Process process) throws IOException {
        var pid = process.descendants()
                .filter(child -> child.info().command().orElse("").endsWith("java"))
                .map(ProcessHandle::pid)
                .findFirst()
                .orElse(process.pid());
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("no VmRSS of " + pid);
    }
}
