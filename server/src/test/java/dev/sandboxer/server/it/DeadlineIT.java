package dev.sandboxer.server.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.server.it.harness.LiveServer;
import dev.sandboxer.server.it.harness.Wire;
import java.io.EOFException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Timeouts and deadlines in the middle of a stream. */
class DeadlineIT {
    private static final String SLEEP = "echo up; sleep 1000";

    @RegisterExtension
    static final LiveServer server = new LiveServer();

    @Test
    void a_callers_timeout_kills_its_process_and_ends_the_stream_with_deadline_exceeded() throws IOException {
        try (var stream = server.sandbox().start(SLEEP, "Connect-Timeout-Ms: 500")) {
            var pid = stream.pid();
            assertThat(stream.stdout()).isEqualTo("up\n");
            assertThat(server.sandbox().processes()).hasSize(1);

            assertThat(stream.last().error()).isEqualTo("deadline_exceeded");
            assertThat(stream.endsWell()).isTrue();
            assertThat(server.sandbox().processes()).isEmpty();
            assertThat(server.sandbox().run("kill -0 " + pid + " 2>/dev/null || echo gone"))
                    .isEqualTo("gone\n");
        }
    }

    @Test
    void a_callers_timeout_also_kills_background_children() throws IOException {
        try (var stream = server.sandbox().start("sleep 300 & echo $!; sleep 60", "Connect-Timeout-Ms: 500")) {
            var left = stream.stdout().strip();
            assertThat(stream.last().error()).isEqualTo("deadline_exceeded");

            assertThat(server.sandbox().run("while kill -0 " + left + " 2>/dev/null; do sleep 0.05; done; echo gone"))
                    .isEqualTo("gone\n");
        }
    }

    @Test
    void the_timeout_of_an_attached_client_ends_its_stream_and_not_the_process() throws IOException {
        try (var started = server.sandbox().start(SLEEP)) {
            var pid = started.pid();
            try (var looking = server.sandbox().stream(
                    "process.Process/Connect", "{\"process\":{\"pid\":" + pid + "}}", "Connect-Timeout-Ms: 300")) {
                assertThat(looking.pid()).isEqualTo(pid);
                assertThat(looking.last().error()).isEqualTo("deadline_exceeded");
            }
            try (var watching = server.sandbox().stream(
                    "filesystem.Filesystem/WatchDir", "{\"path\":\"/tmp\"}", "Connect-Timeout-Ms: 300")) {
                assertThat(watching.last().error()).isEqualTo("deadline_exceeded");
            }
            assertThat(server.sandbox().processes()).hasSize(1);
            kill(pid);
            assertThat(started.last().error()).isEmpty();
        }
    }

    private static void kill(int pid) throws IOException {
        var answer = server.sandbox()
                .unary(
                        "process.Process/SendSignal",
                        "{\"process\":{\"pid\":" + pid + "},\"signal\":\"SIGNAL_SIGKILL\"}");
        assertThat(answer.status()).isEqualTo(200);
    }

    @Test
    void destroying_a_sandbox_cuts_its_streams_without_a_regular_end() throws IOException {
        var doomed = server.create();
        try (var stream = doomed.start(SLEEP);
                var watch = doomed.stream("filesystem.Filesystem/WatchDir", "{\"path\":\"/tmp\"}")) {
            assertThat(stream.stdout()).isEqualTo("up\n");
            watch.next();

            assertThat(server.control("DELETE", "/sandboxes/" + doomed.id(), "").status())
                    .isEqualTo(204);

            assertThatThrownBy(stream::last).isInstanceOf(IOException.class);
            assertThatThrownBy(watch::last).isInstanceOf(IOException.class);
        }
        assertThat(doomed.unary("process.Process/List", "{}").status()).isEqualTo(502);
    }

    @Test
    void a_sandbox_that_reaches_its_own_deadline_cuts_its_streams_and_downloads() throws IOException {
        var brief = server.create("{\"templateID\":\"base\",\"timeout\":2}");
        brief.run("truncate -s 1G /tmp/large");
        try (var stream = brief.start(SLEEP);
                var download = Wire.connectSmall(server.address())) {
            download.send("GET /files?path=/tmp/large HTTP/1.1\r\n" + brief.headers() + "\r\n");
            assertThat(download.head()).startsWith("HTTP/1.1 200 ");

            assertThatThrownBy(stream::last).isInstanceOf(EOFException.class);
            // data that was already sent still arrives, but never the whole file
            assertThat(count(download)).isLessThan(1L << 30);
        }
    }

    private static long count(Wire wire) {
        long total = 0;
        var piece = new byte[1 << 20];
        try {
            for (int n = wire.input().read(piece); n >= 0; n = wire.input().read(piece)) {
                total += n;
            }
        } catch (IOException e) {
            // cut
        }
        return total;
    }
}
