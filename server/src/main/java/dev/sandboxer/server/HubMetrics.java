package dev.sandboxer.server;

import dev.sandboxer.hubs.Deliveries;
import dev.sandboxer.hubs.HubStatus;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** Metrics of the deliveries to hubs. */
final class HubMetrics {
    private static final double MILLIS = 1000;

    private HubMetrics() {}

    static void register(Deliveries deliveries, PrometheusRegistry registry) {
        gauge(deliveries, registry, "waiting", "Events that are not delivered yet, by hub", HubStatus::waiting);
        gauge(deliveries, registry, "dead", "Events that the hub has refused, by hub", HubStatus::dead);
        gauge(
                deliveries,
                registry,
                "oldest_seconds",
                "For how long the oldest event has waited, by hub; 0 when none waits",
                status -> seconds(status.oldestAge()));
    }

    private static double seconds(@Nullable Duration age) {
        return age == null ? 0 : age.toMillis() / MILLIS;
    }

    private static void gauge(
            Deliveries deliveries,
            PrometheusRegistry registry,
            String name,
            String help,
            ToDoubleFunction<HubStatus> value) {
        GaugeWithCallback.builder()
                .name("sandboxer_hub_" + name)
                .help(help)
                .labelNames("hub")
                .callback(gauge -> {
                    for (HubStatus status : deliveries.status()) {
                        if (status.configured()) {
                            gauge.call(
                                    value.applyAsDouble(status),
                                    status.hub().name().toLowerCase(Locale.ROOT));
                        }
                    }
                })
                .register(registry);
    }
}
