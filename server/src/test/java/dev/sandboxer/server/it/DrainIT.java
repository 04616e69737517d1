package dev.sandboxer.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.http.Timeouts;
import dev.sandboxer.server.it.harness.LiveServer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The shutdown of a server with active requests. */
class DrainIT {
    private static final Duration DRAIN = Duration.ofSeconds(4);
    private static final String READY = "GET /readyz HTTP/1.1\r\nHost: h\r\n\r\n";

    @RegisterExtension
    static final LiveServer server = new LiveServer(Timeouts.DEFAULT, DRAIN);

    @AfterEach
    void begin_again() throws IOException {
        server.start();
        server.serves(server.sandbox());
    }

    @Test
    void while_draining_active_calls_finish_new_ones_are_refused_and_readyz_is_503() throws Exception {
        try (var running = server.sandbox().start("echo up; sleep 1; echo end");
                var upload = server.connect();
                var other = server.connect()) {
            assertThat(running.stdout()).isEqualTo("up\n");
            upload.send("POST /files?path=/tmp/drained HTTP/1.1\r\n"
                    + server.sandbox().headers()
                    + "Content-Type: application/octet-stream\r\nContent-Length: 2\r\n\r\no");
            assertThat(other.send(READY).answer().status()).isEqualTo(200);
            other.send(READY.substring(0, READY.length() - 2));

            var stopped = CompletableFuture.runAsync(server::stop);
            await().atMost(Duration.ofSeconds(30)).until(DrainIT::refusesConnections);
            var refused = other.send("\r\n").answer();
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.body()).isEqualTo("{\"code\":503,\"message\":\"the server is shutting down\"}");
            assertThat(stopped).isNotDone();

            assertThat(upload.send("k").answer().status()).isEqualTo(200);
            assertThat(running.stdout()).isEqualTo("end\n");
            assertThat(running.last().error()).isEmpty();
            assertThat(running.endsWell()).isTrue();
            stopped.join();
        }
    }

    private static boolean refusesConnections() {
        try {
            server.connect().close();
            return false;
        } catch (IOException e) {
            return true;
        }
    }

    @Test
    void streams_that_outlast_the_drain_are_cut_and_their_processes_go_on() throws Exception {
        try (var stream = server.sandbox().start("echo up; exec sleep 1000");
                var watch = server.sandbox().stream("filesystem.Filesystem/WatchDir", "{\"path\":\"/tmp\"}")) {
            var pid = stream.pid();
            assertThat(stream.stdout()).isEqualTo("up\n");
            watch.next();

            server.stop();

            assertThatThrownBy(stream::last).isInstanceOf(IOException.class);
            assertThatThrownBy(watch::last).isInstanceOf(IOException.class);
            server.start();
            assertThat(server.sandbox().processes()).hasSize(1);
            server.sandbox().run("kill " + pid);
            server.stop();
        }
    }
}
