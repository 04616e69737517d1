package dev.sandboxer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that the server refuses before an endpoint sees them are logged and counted like all others. */
class RefusedRequestTest {
    private final PrometheusRegistry registry = new PrometheusRegistry();
    private final HttpServer server = new HttpServer(
            new Listen("127.0.0.1", 0),
            exchange -> {
                throw new IllegalStateException("a fault of ours");
            },
            registry,
            Duration.ZERO);

    @BeforeEach
    void start() {
        server.start();
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @ParameterizedTest
    @CsvSource({
        "431, GET / HTTP/1.1|Host: h|X-Long: LONG||",
        "414, GET /LONG HTTP/1.1|Host: h||",
        "400, GET / HTTP/1.1||",
        "400, GET /%zz HTTP/1.1|Host: h||",
        "400, GET / HTTP/1.1|Host: h|Content-Length: 1|Content-Length: 2||",
        "400, nonsense||",
        "500, GET / HTTP/1.1|Host: h|Connection: close||",
    })
    void a_refused_request_has_an_id_and_is_counted_once(int status, String request) throws IOException {
        var answer = send(request.replace("LONG", "x".repeat(40_000)).replace("|", "\r\n"));

        assertThat(answer).startsWith("HTTP/1.1 " + status + " ").containsPattern("X-Request-Id: [0-9a-f]{16}\r\n");
        assertThat(answer.split("X-Request-Id", -1)).hasSize(2);
        await().untilAsserted(() -> assertThat(counted(status)).isEqualTo(1)); // counted after the answer was sent
    }

    private String send(String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private double counted(int status) {
        return registry.scrape().stream()
                .filter(CounterSnapshot.class::isInstance)
                .flatMap(metric -> ((CounterSnapshot) metric).getDataPoints().stream())
                .filter(point ->
                        Integer.toString(status).equals(point.getLabels().get("status")))
                .mapToDouble(CounterSnapshot.CounterDataPointSnapshot::getValue)
                .sum();
    }
}
