package dev.sandboxer.http.api;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.HostReserve;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.Route;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.SandboxState;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;

/** Routes that need no key: health, metrics and the API description. They reveal no secrets. */
public final class OperatorRoutes {
    private static final String TEXT = "text/plain; charset=utf-8";

    private final Sandboxes sandboxes;
    private final Path home;
    private final Supplier<HostReserve> reserve;
    private final PrometheusRegistry registry;

    /**
     * Creates the routes, and registers the gauges that {@code /metrics} shows.
     *
     * @param home the installation's directory; its disk's free space is reported
     * @param reserve the space on that disk to keep free
     */
    public OperatorRoutes(Sandboxes sandboxes, Path home, Supplier<HostReserve> reserve, PrometheusRegistry registry) {
        this.home = home;
        this.reserve = reserve;
        this.sandboxes = sandboxes;
        this.registry = registry;
        GaugeWithCallback.builder()
                .name("sandboxer_sandboxes")
                .help("Sandboxes that have not ended, by state")
                .labelNames("state")
                .callback(gauge -> {
                    var counts = sandboxes.counts(null);
                    for (SandboxState state : SandboxState.values()) {
                        if (!state.ended()) {
                            gauge.call(counts.getOrDefault(state, 0), state.text());
                        }
                    }
                })
                .register(registry);
        GaugeWithCallback.builder()
                .name("sandboxer_disk_free_bytes")
                .help("Free space on the home's disk beyond the reserve; negative while the reserve is in use")
                .callback(gauge -> gauge.call(free()))
                .register(registry);
    }

    private double free() {
        try {
            return reserve.get().freeDisk(home);
        } catch (IOException e) {
            return Double.NaN;
        }
    }

    public List<Route> routes() {
        return List.of(
                new Route("GET", "/healthz", exchange -> text(exchange, 200, "ok\n")),
                new Route("GET", "/readyz", this::ready),
                new Route("GET", "/metrics", this::metrics),
                new Route("GET", "/openapi.yaml", OperatorRoutes::openapi));
    }

    private static void text(HttpExchange exchange, int status, String text) throws IOException {
        exchange.bytes(status, TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Answers 200 if the database can be read and the disk has space to write to it. */
    private void ready(HttpExchange exchange) throws IOException {
        try {
            sandboxes.counts(null);
            if (reserve.get().freeDisk(home) < 0) {
                text(exchange, 503, "disk_full: the disk of " + home + " has less free space than its reserve\n");
                return;
            }
            text(exchange, 200, "ready\n");
        } catch (SandboxException e) {
            text(exchange, 503, e.code().name().toLowerCase(Locale.ROOT) + "\n");
        }
    }

    private void metrics(HttpExchange exchange) throws IOException {
        var text = new ByteArrayOutputStream();
        PrometheusTextFormatWriter.builder().build().write(text, registry.scrape());
        exchange.bytes(200, PrometheusTextFormatWriter.CONTENT_TYPE, text.toByteArray());
    }

    private static void openapi(HttpExchange exchange) throws IOException {
        try (InputStream file = OperatorRoutes.class.getResourceAsStream("openapi.yaml")) {
            exchange.bytes(200, "application/yaml", Objects.requireNonNull(file).readAllBytes());
        }
    }
}
