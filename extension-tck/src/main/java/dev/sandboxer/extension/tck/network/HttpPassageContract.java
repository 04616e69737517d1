package dev.sandboxer.extension.tck.network;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.feature.HttpPassage;
import dev.sandboxer.extension.feature.HttpTarget;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.extension.tck.Box;
import dev.sandboxer.extension.tck.Failures;
import dev.sandboxer.extension.tck.SandboxContract;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Contract for requests to HTTP servers in sandboxes through the backend's HTTP addresses. */
public abstract class HttpPassageContract extends SandboxContract {
    /** Called by the subclass that tests an extension. */
    protected HttpPassageContract() {}

    private final AtomicInteger ports = new AtomicInteger(21_000);
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @Override
    protected final Set<Capability> needs() {
        return Set.of(Capability.HTTP_PASSAGE);
    }

    @AfterAll
    final void closeClient() {
        client.close();
    }

    @Test
    void a_server_inside_is_reached_with_method_path_query_and_body() throws Exception {
        int port = ports.incrementAndGet();
        try (var server = httpServer(box(), port)) {
            var target = passage().httpTarget(box().sandbox().ref(), port);
            var request = request(target, "/a%20b?q=%C3%A9&q=2").POST(HttpRequest.BodyPublishers.ofString("the body"));
            var answer = send(request);
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("POST /a%20b?q=%C3%A9&q=2 the body");
            server.signal(Signal.KILL, true);
        }
    }

    @Test
    void a_server_of_one_sandbox_is_not_reached_through_anothers_target() throws Exception {
        int port = ports.incrementAndGet();
        var other = create();
        try (var server = httpServer(box(), port)) {
            var target = passage().httpTarget(other.sandbox().ref(), port);
            assertThat(send(request(target, "/")).statusCode()).isNotEqualTo(200);
            server.signal(Signal.KILL, true);
        }
        destroy(other);
    }

    @Test
    void refreshing_the_target_of_an_ended_sandbox_fails_with_GONE() {
        var other = create();
        var ref = other.sandbox().ref();
        assertThat(passage().refreshHttpTarget(ref, 8080)).isEqualTo(passage().httpTarget(ref, 8080));
        destroy(other);
        Failures.fails(Kind.GONE, () -> passage().refreshHttpTarget(ref, 8080));
    }

    @Test
    void protocol_names_are_in_lower_case() {
        assertThat(passage().protocols()).allMatch(name -> name.matches("[a-z][a-z0-9.-]*"));
    }

    private HttpPassage passage() {
        return (HttpPassage) backend();
    }

    private RunningProcess httpServer(Box box, int port) {
        var server = box.start(ProcessSpec.of(fixture().httpServer(port)));
        box.transcript(server).until("listening");
        return server;
    }

    private static HttpRequest.Builder request(HttpTarget target, String path) {
        var request = HttpRequest.newBuilder(address(target, path));
        target.headers().forEach(request::header);
        return request;
    }

    private static URI address(HttpTarget target, String path) {
        return URI.create(target.origin() + path);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.timeout(fixture().timeout()).build(), BodyHandlers.ofString(UTF_8));
    }
}
