package dev.sandboxer.fakecloud.tck.e2b;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.feature.HttpPassage;
import dev.sandboxer.extension.feature.HttpTarget;
import dev.sandboxer.extension.session.WriteOptions;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** E2B's daemon in a sandbox, reached directly over HTTP. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class E2bDaemonIT {
    private static final int PORT = 49_983;

    @AutoClose
    private final E2bFixture fixture = new E2bFixture();

    @AutoClose
    private final Backend backend = fixture.extension().open(fixture.context(), fixture.credential());

    @AutoClose
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private BackendRef sandbox;

    @BeforeAll
    void create() {
        var spec = SandboxSpec.builder(new Source.Template(fixture.template()), fixture.size())
                .build();
        var deadline = fixture.context().clock().instant().plus(Duration.ofMinutes(5));
        sandbox = backend.create(new CreateRequest(new SandboxTag("tck", "daemon", 1), spec, deadline))
                .ref();
    }

    @Test
    void envd_is_a_protocol_of_the_backend() {
        assertThat(((HttpPassage) backend).protocols()).isEqualTo(Set.of("envd"));
    }

    @Test
    void the_daemon_reports_good_health() throws Exception {
        assertThat(send(request("/health")).statusCode()).isEqualTo(204);
    }

    @Test
    void the_daemon_returns_a_file_only_to_requests_with_the_backends_headers() throws Exception {
        var path = fixture.home() + "/file";
        try (var session = backend.connect(sandbox)) {
            session.files()
                    .write(path, WriteOptions.DEFAULT, new ByteArrayInputStream("what is in it".getBytes(UTF_8)));
        }
        var answer = send(request("/files?path=" + path));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("what is in it");

        var bare = HttpRequest.newBuilder(address("/files?path=" + path));
        target().headers().forEach((name, value) -> {
            if (name.toLowerCase(Locale.ROOT).startsWith("e2b-sandbox-")) {
                bare.header(name, value);
            }
        });
        assertThat(send(bare).body()).doesNotContain("what is in it");
    }

    private HttpTarget target() {
        return ((HttpPassage) backend).httpTarget(sandbox, PORT);
    }

    private HttpRequest.Builder request(String path) {
        var request = HttpRequest.newBuilder(address(path));
        target().headers().forEach(request::header);
        return request;
    }

    private URI address(String path) {
        return URI.create(target().origin() + path);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.timeout(fixture.timeout()).build(), BodyHandlers.ofString(UTF_8));
    }
}
