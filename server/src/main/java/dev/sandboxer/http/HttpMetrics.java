package dev.sandboxer.http;

import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.Unit;
import java.util.Objects;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.NanoTime;

/** Counts and times requests. The label is the route, not the path, to keep the number of time series small. */
final class HttpMetrics {
    private static final double NANOS = 1e9;

    private final Counter requests;
    private final Histogram seconds;
    private final Gauge active;
    private final Counter unknownFields;

    HttpMetrics(PrometheusRegistry registry) {
        this.requests = Counter.builder()
                .name("sandboxer_http_requests_total")
                .help("Requests that were answered or cut")
                .labelNames("route", "status")
                .register(registry);
        this.seconds = Histogram.builder()
                .name("sandboxer_http_request_seconds")
                .help("Time from a request's arrival to the end of its answer")
                .unit(Unit.SECONDS)
                .classicOnly()
                .classicUpperBounds(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60)
                .labelNames("route")
                .register(registry);
        this.active = Gauge.builder()
                .name("sandboxer_http_requests_active")
                .help("Requests being served now, including streams")
                .register(registry);
        this.unknownFields = Counter.builder()
                .name("sandboxer_http_unknown_fields_total")
                .help("Unknown fields of request bodies, which were ignored")
                .register(registry);
    }

    void begin() {
        active.inc();
    }

    void end(Request request, Response response, HttpExchange.Notes notes) {
        active.dec();
        var route = Objects.requireNonNullElse(notes.route, "none");
        requests.labelValues(route, Integer.toString(response.getStatus())).inc();
        if (!notes.unknownFields.isEmpty()) {
            unknownFields.inc(notes.unknownFields.size());
        }
        seconds.labelValues(route).observe(NanoTime.since(request.getBeginNanoTime()) / NANOS);
    }
}
