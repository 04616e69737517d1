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

/** Metrics of requests: their number, duration, and how many are active. By route and not by path, to keep them few. */
final class HttpMetrics {
    private static final double NANOS = 1e9;

    private final Counter requests;
    private final Histogram seconds;
    private final Gauge active;

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
                .help("Requests at work now, streams too")
                .register(registry);
    }

    void begin() {
        active.inc();
    }

    void end(Request request, Response response, HttpExchange.Notes notes) {
        active.dec();
        var route = Objects.requireNonNullElse(notes.route, "none");
        requests.labelValues(route, Integer.toString(response.getStatus())).inc();
        seconds.labelValues(route).observe(NanoTime.since(request.getBeginNanoTime()) / NANOS);
    }
}
