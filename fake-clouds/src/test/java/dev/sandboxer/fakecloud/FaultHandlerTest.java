package dev.sandboxer.fakecloud;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.HttpServer;
import dev.sandboxer.http.Listen;
import dev.sandboxer.http.Timeouts;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FaultHandlerTest {
    private static final String ANSWER = "an answer, ".repeat(1000);
    private static final Fault.Answer NO = new Fault.Answer(429, Map.of("Retry-After", "7"), "no");

    private final HttpClient client = HttpClient.newHttpClient();

    /** Bodies of the requests that reached the server. */
    private final List<String> served = Collections.synchronizedList(new ArrayList<>());

    private final List<String> destroyed = Collections.synchronizedList(new ArrayList<>());
    private HttpServer server;

    @AfterEach
    void stop() {
        client.shutdownNow();
        server.close();
    }

    @Test
    void a_planned_answer_keeps_the_request_from_the_server() throws Exception {
        start(NO);

        var answer = post("/x", "hello");

        assertThat(answer.statusCode()).isEqualTo(429);
        assertThat(answer.headers().firstValue("Retry-After")).hasValue("7");
        assertThat(answer.body()).isEqualTo("no");
        assertThat(served).isEmpty();
        assertThat(post("/x", "again").body()).as("the rule is used up").isEqualTo(ANSWER);
    }

    @Test
    void a_hanging_request_ends_without_an_answer_and_without_an_effect() {
        start(new Fault.Hang(Duration.ofMillis(50)));

        assertThatThrownBy(() -> post("/x", "hello")).isInstanceOf(IOException.class);
        assertThat(served).isEmpty();
    }

    @Test
    void a_request_that_hangs_for_ever_does_not_keep_the_server_from_stopping() throws Exception {
        start(new Fault.Hang(null), FaultRule.ALWAYS, "/hang");
        var answer = client.sendAsync(request("/hang", "x"), BodyHandlers.ofString());
        assertThat(post("/x", "hello").statusCode()).isEqualTo(200);

        server.close();

        assertThatThrownBy(answer::join).hasCauseInstanceOf(IOException.class);
        assertThat(served).containsExactly("hello");
    }

    @Test
    void a_request_whose_answer_is_lost_has_taken_effect() {
        start(new Fault.LoseAnswer());

        assertThatThrownBy(() -> post("/x", "hello")).isInstanceOf(IOException.class);
        assertThat(served).containsExactly("hello");
    }

    @Test
    void an_effect_can_be_followed_by_an_answer_that_denies_it() throws Exception {
        start(new Fault.ApplyThen(new Fault.Answer(504, Map.of(), "too late")));

        var answer = post("/x", "hello");

        assertThat(answer.statusCode()).isEqualTo(504);
        assertThat(answer.body()).isEqualTo("too late");
        assertThat(answer.headers().firstValue("X-Served"))
                .as("of the real answer")
                .isEmpty();
        assertThat(served).containsExactly("hello");
    }

    @Test
    void an_answer_is_cut_after_exactly_the_given_number_of_bytes() throws Exception {
        start(new Fault.CutAnswer(777));

        var answer = client.send(request("/x", "hello"), BodyHandlers.ofInputStream());
        var body = answer.body();

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(new String(body.readNBytes(777), UTF_8)).isEqualTo(ANSWER.substring(0, 777));
        assertThatThrownBy(body::read).isInstanceOf(IOException.class);
    }

    @Test
    void an_answer_that_is_shorter_arrives_whole() throws Exception {
        start(new Fault.CutAnswer(ANSWER.length() + 1));

        assertThat(post("/x", "hello").body()).isEqualTo(ANSWER);
    }

    @Test
    void an_upload_is_cut_in_its_middle() {
        start(new Fault.CutRequest(100_000));

        assertThatThrownBy(() -> post("/x", "y".repeat(300_000))).isInstanceOf(IOException.class);
        assertThat(served).isEmpty();
    }

    @Test
    void an_upload_that_is_shorter_arrives() throws Exception {
        start(new Fault.CutRequest(5));

        assertThat(post("/x", "hello").body()).isEqualTo(ANSWER);
    }

    @Test
    void a_slow_answer_is_whole() throws Exception {
        start(new Fault.Slow(Duration.ofMillis(1)));

        assertThat(post("/x", "hello").body()).isEqualTo(ANSWER);
    }

    @Test
    void the_sandbox_of_a_request_ends_before_it_whether_path_or_header_names_it() throws Exception {
        start(new Fault.Expire(), FaultRule.ALWAYS, ".*");

        post("/sandboxes/sbone/timeout", "");
        var data = HttpRequest.newBuilder(uri("/files"))
                .header("E2b-Sandbox-Id", "sbtwo")
                .GET()
                .build();
        assertThat(client.send(data, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
        post("/v2/sandboxes", "is about none");

        assertThat(destroyed).containsExactly("sbone", "sbtwo");
        assertThat(served).hasSize(3);
    }

    private void start(Fault fault) {
        start(fault, 1, ".*");
    }

    private void start(Fault fault, int times, String path) {
        var rule = new FaultRule(null, null, Pattern.compile(path), null, 0, times, fault);
        var plan = new FaultPlan(List.of(rule));
        server = new HttpServer(
                new Listen("127.0.0.1", 0),
                this::answer,
                new PrometheusRegistry(),
                Duration.ofMillis(100),
                Timeouts.DEFAULT,
                handler -> new FaultHandler(handler, plan, destroyed::add));
        server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
        served.add(new String(exchange.body(), UTF_8));
        exchange.header("X-Served", "yes");
        exchange.bytes(200, "text/plain", ANSWER.getBytes(UTF_8));
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return client.send(request(path, body), BodyHandlers.ofString());
    }

    private HttpRequest request(String path, String body) {
        return HttpRequest.newBuilder(uri(path))
                .version(HttpClient.Version.HTTP_1_1)
                .timeout(Duration.ofSeconds(60))
                .POST(BodyPublishers.ofString(body))
                .build();
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.port() + path);
    }
}
