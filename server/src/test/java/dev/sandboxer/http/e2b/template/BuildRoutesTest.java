package dev.sandboxer.http.e2b.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.consumers.ConsumerProfiles;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.HttpServer;
import dev.sandboxer.http.Listen;
import dev.sandboxer.http.RouteTable;
import dev.sandboxer.http.Timeouts;
import dev.sandboxer.http.e2b.edge.Templates;
import dev.sandboxer.http.ports.Peer;
import dev.sandboxer.profiles.ProfileCatalogue;
import dev.sandboxer.templates.UploadedFiles;
import dev.sandboxer.testing.ControlPlane;
import dev.sandboxer.testing.TestInstallation;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Uploads to a server on which every timed body is late, and silence is short. */
class BuildRoutesTest {
    private static final Timeouts TIMEOUTS =
            new Timeouts(Duration.ofMillis(500), Duration.ofSeconds(30), Duration.ofNanos(1), Duration.ofSeconds(5));
    private static final String HASH = "0123456789abcdef";

    @TempDir
    private Path home;

    private ControlPlane process;
    private UploadedFiles uploads;
    private UploadLinks links;
    private RouteTable routes;
    private HttpServer server;

    @BeforeEach
    void open() {
        var installation = new TestInstallation(home);
        var clock = installation.clock();
        process = installation.start();
        var catalogue = new ProfileCatalogue(installation.profile().name(), List.of(installation.profile()));
        var profiles = new ConsumerProfiles(() -> catalogue, process.consumers());
        var templates = new Templates(profiles, process.sandboxes().snapshots(), process.templates(profiles, clock));
        uploads = new UploadedFiles(home.resolve("files"), clock);
        links = new UploadLinks("a key of the test".getBytes(StandardCharsets.UTF_8), clock);
        routes = new RouteTable(new BuildRoutes(templates, uploads, links).open());
        server = new HttpServer(
                new Listen("127.0.0.1", 0),
                this::answer,
                new PrometheusRegistry(),
                Duration.ZERO,
                TIMEOUTS,
                UnaryOperator.identity());
        server.start();
    }

    @AfterEach
    void close() {
        server.close();
        process.close();
    }

    /** Answers GET with the address for an upload, and the upload itself. */
    private void answer(HttpExchange exchange) throws IOException {
        if (exchange.method().equals("GET")) {
            var link = links.link(exchange, TestInstallation.ME, HASH);
            exchange.bytes(200, "text/plain", link.getBytes(StandardCharsets.UTF_8));
        } else if (routes.match(exchange.method(), exchange.path()) instanceof RouteTable.Match.Found found) {
            exchange.run(found);
        }
    }

    private Peer connect() throws IOException {
        return Peer.connect(new InetSocketAddress("127.0.0.1", server.port()));
    }

    /** Announces an upload of ten bytes, sends some and returns the whole answer. */
    private String upload(String bytes) throws IOException {
        URI link;
        try (var client = connect()) {
            var answer = client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
                    .rest();
            link = URI.create(answer.substring(answer.indexOf("\r\n\r\n") + 4));
        }
        try (var client = connect()) {
            return client.send("PUT " + link.getPath() + "?" + link.getQuery()
                            + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 10\r\n\r\n" + bytes)
                    .restAndEnd();
        }
    }

    @Test
    void an_upload_may_take_any_time_in_total() throws Exception {
        assertThat(upload("0123456789")).startsWith("HTTP/1.1 200 ");
        assertThat(uploads.isThere(TestInstallation.ME, HASH)).isTrue();
    }

    @Test
    void an_upload_that_falls_silent_is_answered_408_and_leaves_no_file() throws Exception {
        assertThat(upload("01234")).startsWith("HTTP/1.1 408 ");
        try (var files = Files.list(home.resolve("files").resolve(TestInstallation.ME))) {
            assertThat(files).isEmpty();
        }
    }
}
