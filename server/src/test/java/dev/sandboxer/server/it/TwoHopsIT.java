package dev.sandboxer.server.it;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.server.it.harness.Guest;
import dev.sandboxer.server.it.harness.LiveServer;
import java.io.IOException;
import java.net.URLEncoder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A server that uses another server as its E2B backend. Clients can't notice the second server. */
class TwoHopsIT {
    @RegisterExtension
    static final LiveServer inner = new LiveServer();

    @RegisterExtension
    static final LiveServer outer = LiveServer.of(inner);

    /** Returns the sandbox's id at the inner server. */
    private static String innerId(Guest guest) {
        return row(guest).ref().value();
    }

    private static Sandbox row(Guest guest) {
        return outer.installation().sandboxes().find(new SandboxId(guest.id())).orElseThrow();
    }

    private static Guest guest() {
        return outer.sandbox();
    }

    /** Both servers still serve their own sandboxes. */
    @AfterEach
    void each_serves() throws IOException {
        outer.serves(guest());
        inner.serves(inner.sandbox());
    }

    @Test
    void a_command_streams_its_output_and_ends_with_its_code() throws IOException {
        try (var stream = guest().start("echo one; read -r x < /tmp/none 2>/dev/null; echo two >&2; exit 3")) {
            assertThat(stream.pid()).isPositive();
            assertThat(stream.stdout()).isEqualTo("one\n");
            var end = stream.next();
            while (end.json().path("event").path("end").isMissingNode()) {
                end = stream.next();
            }
            assertThat(end.json().path("event").path("end").path("exitCode").asInt())
                    .isEqualTo(3);
            assertThat(stream.last().error()).isEmpty();
            assertThat(stream.endsWell()).isTrue();
        }
    }

    @Test
    void the_variables_and_the_home_are_those_of_the_sandbox() throws IOException {
        var made = outer.create("{\"templateID\":\"base\",\"timeout\":300,\"envVars\":{\"MARK\":\"two hops\"}}");
        assertThat(made.run("echo $MARK $HOME")).isEqualTo("two hops /home/user\n");
        var answer = outer.ask("GET /envs HTTP/1.1\r\n" + made.headers() + "\r\n");
        assertThat(answer.body()).contains("\"MARK\":\"two hops\"");
        kill(made);
    }

    private static void kill(Guest guest) throws IOException {
        assertThat(outer.control("DELETE", "/sandboxes/" + guest.id(), "").status())
                .isEqualTo(204);
    }

    @Test
    void input_and_its_end_arrive() throws IOException {
        var json = "{\"process\":{\"cmd\":\"/bin/cat\"},\"stdin\":true}";
        try (var stream = guest().stream("process.Process/Start", json)) {
            var process = "{\"process\":{\"pid\":" + stream.pid() + "}";
            for (var word : new String[] {"first\n", "second\n"}) {
                var input = Base64.getEncoder().encodeToString(word.getBytes(UTF_8));
                var sent = guest().unary(
                                "process.Process/SendInput", process + ",\"input\":{\"stdin\":\"" + input + "\"}}");
                assertThat(sent.status()).as(sent.toString()).isEqualTo(200);
                assertThat(stream.stdout()).isEqualTo(word);
            }
            assertThat(guest().unary("process.Process/CloseStdin", process + "}")
                            .status())
                    .isEqualTo(200);
            assertThat(stream.last().error()).isEmpty();
        }
    }

    @Test
    void a_file_is_uploaded_and_downloaded_byte_for_byte_and_in_ranges() throws IOException {
        long seed = System.nanoTime();
        System.out.println("TwoHopsIT: seed " + seed);
        var content = new byte[3_000_000];
        new Random(seed).nextBytes(content);
        try (var wire = outer.connect()) {
            wire.send("POST /files?path=%2Ftmp%2Fbig HTTP/1.1\r\n" + guest().headers()
                            + "Content-Type: application/octet-stream\r\nContent-Length: " + content.length
                            + "\r\n\r\n")
                    .send(content);
            assertThat(wire.answer().status()).isEqualTo(200);
        }
        var whole = outer.ask("GET /files?path=%2Ftmp%2Fbig HTTP/1.1\r\n" + guest().headers() + "\r\n");
        assertThat(whole.content()).isEqualTo(content);
        var part = outer.ask("GET /files?path=%2Ftmp%2Fbig HTTP/1.1\r\n" + guest().headers()
                + "Range: bytes=1000000-1000009\r\n\r\n");
        assertThat(part.status()).isEqualTo(206);
        assertThat(part.header("Content-Range")).isEqualTo("bytes 1000000-1000009/3000000");
        assertThat(new String(part.content(), ISO_8859_1)).isEqualTo(new String(content, 1_000_000, 10, ISO_8859_1));
        var none = outer.ask("GET /files?path=%2Ftmp%2Fnot-there HTTP/1.1\r\n" + guest().headers() + "\r\n");
        assertThat(none.status()).isEqualTo(404);
        assertThat(none.body()).contains("/tmp/not-there");
    }

    @Test
    void a_watch_reports_changes() throws IOException {
        guest().run("mkdir -p /tmp/watched");
        try (var watch = guest().stream("filesystem.Filesystem/WatchDir", "{\"path\":\"/tmp/watched\"}")) {
            assertThat(watch.next().json().has("start")).isTrue();
            guest().run("touch /tmp/watched/new");
            var message = watch.next();
            while (!message.json().path("filesystem").path("name").asString("").equals("new")) {
                message = watch.next();
            }
            assertThat(message.end()).isFalse();
        }
    }

    @Test
    void a_url_signed_with_our_token_opens_its_file_and_one_of_the_inner_server_does_not() throws IOException {
        guest().run("echo secret > /tmp/signed");
        var good = signature("/tmp/signed", guest().token());
        assertThat(outer.ask("GET /files?path=/tmp/signed&signature=" + good + " HTTP/1.1\r\nHost: h\r\n\r\n")
                        .body())
                .isEqualTo("secret\n");
        var foreign = signature("/tmp/signed", inner.sandbox().token());
        assertThat(outer.ask("GET /files?path=/tmp/signed&signature=" + foreign + " HTTP/1.1\r\n" + guest().address()
                                + "\r\n")
                        .status())
                .isEqualTo(401);
        assertThat(inner.ask("GET /files?path=/tmp/signed HTTP/1.1\r\nHost: h\r\nE2b-Sandbox-Id: " + innerId(guest())
                                + "\r\nX-Access-Token: " + guest().token() + "\r\n\r\n")
                        .status())
                .as("our token at the inner server")
                .isEqualTo(401);
    }

    private static String signature(String path, String token) {
        try {
            var hash = MessageDigest.getInstance("SHA-256").digest((path + ":read::" + token).getBytes(UTF_8));
            return URLEncoder.encode(
                    "v1_" + Base64.getEncoder().withoutPadding().encodeToString(hash), UTF_8);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void a_server_inside_answers_and_an_unused_port_is_reported_closed() throws IOException {
        try (var stream = guest().start("cd /tmp && exec python3 -u -m http.server 3210 --bind 127.0.0.1")) {
            stream.stdout();
            var answer = outer.ask("GET / HTTP/1.1\r\n" + port(3210) + "\r\n");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).contains("Directory listing");
            var closed = outer.ask("GET / HTTP/1.1\r\n" + port(3211) + "\r\n");
            assertThat(closed.status()).isEqualTo(502);
            assertThat(closed.body()).contains("The sandbox is running but port is not open");
            assertThat(row(guest()).state().ended()).isFalse();
            guest().run("pkill -f http.server");
        }
    }

    private static String port(int port) {
        return "Host: h\r\nE2b-Sandbox-Id: " + guest().id() + "\r\nE2b-Sandbox-Port: " + port + "\r\n";
    }

    @Test
    void a_pause_cuts_streams_and_the_sandbox_works_after_it() throws IOException {
        var made = outer.create("{\"templateID\":\"base\",\"timeout\":300}");
        try (var stream = made.start("echo begun; sleep 1000")) {
            assertThat(stream.stdout()).isEqualTo("begun\n");
            assertThat(outer.control("POST", "/sandboxes/" + made.id() + "/pause", "")
                            .status())
                    .isEqualTo(204);
            assertThatThrownBy(stream::last).isInstanceOf(IOException.class);
        }
        assertThat(outer.control("POST", "/sandboxes/" + made.id() + "/connect", "{\"timeout\":300}")
                        .status())
                .isEqualTo(201);
        assertThat(made.processes()).anyMatch(process -> process.contains("sleep 1000"));
        kill(made);
    }

    @Test
    void a_sandbox_that_dies_at_the_backend_cuts_its_stream_and_is_recorded_as_lost() throws IOException {
        var made = outer.create("{\"templateID\":\"base\",\"timeout\":300}");
        try (var stream = made.start("echo begun; sleep 1000")) {
            assertThat(stream.stdout()).isEqualTo("begun\n");
            var sandboxes = inner.installation().sandboxes();
            sandboxes.destroy(sandboxes.find(new SandboxId(innerId(made))).orElseThrow());
            assertThatThrownBy(stream::last).isInstanceOf(IOException.class);
        }
        await().atMost(Duration.ofMinutes(1))
                .untilAsserted(() -> assertThat(row(made).reason()).isEqualTo(EndReason.LOST));
        var answer = made.unary("process.Process/List", "{}");
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.body())
                .isEqualTo(
                        "{\"sandboxId\":\"" + made.id() + "\",\"message\":\"The sandbox was not found\",\"code\":502}");
    }

    @Test
    void a_sandbox_that_died_unnoticed_is_gone_at_the_next_call() throws IOException {
        var made = outer.create("{\"templateID\":\"base\",\"timeout\":300}");
        made.run("true");
        var there = innerId(made);
        var sandboxes = inner.installation().sandboxes();
        sandboxes.destroy(sandboxes.find(new SandboxId(innerId(made))).orElseThrow());
        var answer = made.unary("process.Process/List", "{}");
        assertThat(answer.status()).isEqualTo(502);
        assertThat(answer.body()).contains("\"" + made.id() + "\"").doesNotContain(there);
        assertThat(row(made).reason()).isEqualTo(EndReason.LOST);
    }

    @Test
    void a_kill_at_the_outer_server_ends_the_inner_sandbox() throws IOException {
        var made = outer.create("{\"templateID\":\"base\",\"timeout\":300}");
        var there = new SandboxId(innerId(made));
        kill(made);
        assertThat(inner.installation()
                        .sandboxes()
                        .find(there)
                        .orElseThrow()
                        .state()
                        .ended())
                .isTrue();
        assertThat(made.unary("process.Process/List", "{}").status()).isEqualTo(502);
    }

    @Test
    void one_call_costs_the_backend_one_request() throws IOException {
        guest().run("true");
        var before = requests();
        for (int i = 0; i < 10; i++) {
            assertThat(guest().unary("process.Process/List", "{}").status()).isEqualTo(200);
        }
        // the server counts a request a moment after its answer
        await().atMost(Duration.ofSeconds(30)).until(() -> requests() >= before + 10);
        assertThat(requests()).as("possibly with the request before them").isBetween(before + 10, before + 11);
    }

    /** Returns how many requests the inner server has answered, without those for its metrics. */
    private static long requests() throws IOException {
        var metrics = inner.ask("GET /metrics HTTP/1.1\r\nHost: h\r\n\r\n").body();
        return metrics.lines()
                .filter(line -> line.startsWith("sandboxer_http_requests_total{") && !line.contains("/metrics"))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
