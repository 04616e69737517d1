package dev.sandboxer.http.api;

import dev.sandboxer.config.units.CreationRates;
import dev.sandboxer.consumers.ConsumerLimits;
import dev.sandboxer.consumers.ConsumerProfiles;
import dev.sandboxer.consumers.Consumers;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.Route;
import dev.sandboxer.profiles.Profile;
import dev.sandboxer.quotas.Quotas;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The route {@code /api/v1/consumer}: the caller's limits and its present use. Read-only, because the caller has no operator's key. */
public final class ConsumerRoutes {
    private final Consumers consumers;
    private final ConsumerProfiles profiles;
    private final Quotas quotas;

    public ConsumerRoutes(Consumers consumers, ConsumerProfiles profiles, Quotas quotas) {
        this.consumers = consumers;
        this.profiles = profiles;
        this.quotas = quotas;
    }

    public List<Route> routes() {
        return List.of(new Route("GET", "/api/v1/consumer", this::show));
    }

    private record ConsumerView(
            String id, String defaultProfile, List<String> profiles, LimitsView limits, UsageView used) {}

    private record LimitsView(
            @Nullable Integer maxLive,
            @Nullable Integer maxCpuMillis,
            @Nullable Integer maxMemoryMiB,
            @Nullable String maxRate,
            @Nullable Long maxTtlMs) {
        static LimitsView of(ConsumerLimits limits) {
            return new LimitsView(
                    limits.maxLive(),
                    limits.maxCpuMillis(),
                    limits.maxMemoryMiB(),
                    limits.maxRate() == null ? null : CreationRates.format(limits.maxRate()),
                    limits.maxTtl() == null ? null : (Long) limits.maxTtl().toMillis());
        }
    }

    private void show(HttpExchange exchange) throws IOException {
        var id = Objects.requireNonNull(exchange.notes().consumer);
        var catalogue = profiles.of(id);
        exchange.json(
                200,
                new ConsumerView(
                        id,
                        catalogue.defaultProfile().name().value(),
                        catalogue.all().stream()
                                .map(Profile::name)
                                .map(Object::toString)
                                .toList(),
                        LimitsView.of(consumers.limits(id)),
                        UsageView.of(quotas.usage(id))));
    }
}
