package dev.sandboxer.http.api;

import dev.sandboxer.consumers.Consumer;
import dev.sandboxer.consumers.Consumers;
import dev.sandboxer.consumers.Limit;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.Route;
import dev.sandboxer.quotas.Quotas;
import java.io.IOException;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Routes under {@code /api/v1/consumers} for operators: all consumers, with their limits and their present use. */
public final class ConsumerAdminRoutes {
    private final Consumers consumers;
    private final Quotas quotas;
    private final OperatorKey key;

    public ConsumerAdminRoutes(Consumers consumers, Quotas quotas, OperatorKey key) {
        this.consumers = consumers;
        this.quotas = quotas;
        this.key = key;
    }

    public List<Route> routes() {
        return List.of(
                new Route("GET", "/api/v1/consumers", this::list),
                new Route("GET", "/api/v1/consumers/{consumer}", this::show),
                new Route("PUT", "/api/v1/consumers/{consumer}/limits", this::limit));
    }

    /**
     * A consumer as JSON.
     *
     * @param declared the limits that the configuration sets, which can't be changed here
     */
    private record View(
            String id,
            Instant createdAt,
            @Nullable Instant disabledAt,
            LimitsBody limits,
            List<String> declared,
            UsageView used) {}

    private View view(Consumer consumer) {
        return new View(
                consumer.id(),
                consumer.createdAt(),
                consumer.disabledAt(),
                LimitsBody.of(consumers.limits(consumer.id())),
                consumers.declared(consumer.id()).stream().map(Limit::key).toList(),
                UsageView.of(quotas.usage(consumer.id())));
    }

    private void list(HttpExchange exchange) throws IOException {
        key.require(exchange);
        exchange.json(200, consumers.list().stream().map(this::view).toList());
    }

    private void show(HttpExchange exchange) throws IOException {
        var name = exchange.parameter("consumer");
        key.require(exchange);
        exchange.json(200, view(consumers.get(name)));
    }

    /** Replaces all limits that the configuration doesn't set. */
    private void limit(HttpExchange exchange) throws IOException {
        var name = exchange.parameter("consumer");
        key.require(exchange);
        var wanted = exchange.json(LimitsBody.class).limits();
        var which = EnumSet.allOf(Limit.class);
        which.removeAll(consumers.declared(name));
        which.addAll(wanted.set()); // a limit that the configuration sets is refused, not ignored
        consumers.setLimits(name, wanted, which);
        exchange.json(200, view(consumers.get(name)));
    }
}
