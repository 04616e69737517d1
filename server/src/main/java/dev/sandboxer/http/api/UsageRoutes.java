package dev.sandboxer.http.api;

import dev.sandboxer.config.units.Moments;
import dev.sandboxer.consumers.Consumers;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.Route;
import dev.sandboxer.payments.bill.GroupBy;
import dev.sandboxer.payments.bill.UsageReport;
import dev.sandboxer.payments.bill.UsageReportView;
import dev.sandboxer.payments.metering.ChargeQuery;
import dev.sandboxer.payments.metering.Metering;
import dev.sandboxer.payments.rates.RateFile;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Routes for the usage and charges of sandboxes: the caller's own and, for operators, each consumer's. All are read-only. */
public final class UsageRoutes {
    private final Metering metering;
    private final RateFile rates;
    private final InstantSource clock;

    public UsageRoutes(Metering metering, RateFile rates, InstantSource clock) {
        this.metering = metering;
        this.rates = rates;
        this.clock = clock;
    }

    /** The routes for consumers' keys. */
    public List<Route> routes() {
        return List.of(new Route(
                "GET",
                "/api/v1/usage",
                exchange -> answer(exchange, Objects.requireNonNull(exchange.notes().consumer))));
    }

    /** The routes that require the operator's key. */
    public List<Route> adminRoutes(Consumers consumers, OperatorKey key) {
        return List.of(new Route("GET", "/api/v1/consumers/{consumer}/usage", exchange -> {
            var name = exchange.parameter("consumer");
            key.require(exchange);
            answer(exchange, consumers.get(name).id());
        }));
    }

    private void answer(HttpExchange exchange, String consumer) throws IOException {
        var now = clock.instant();
        var from = moment(
                exchange,
                "from",
                now.atZone(ZoneOffset.UTC)
                        .truncatedTo(ChronoUnit.DAYS)
                        .withDayOfMonth(1)
                        .toInstant());
        var to = moment(exchange, "to", now);
        if (!from.isBefore(to)) {
            throw new SandboxException(ErrorCode.INVALID_ARGUMENT, "from must be before to");
        }
        var report = new UsageReport(groupBy(exchange.query("by")));
        metering.forEach(new ChargeQuery(from, to, consumer, null), now, report::add);
        exchange.json(200, UsageReportView.of(report, rates.cards().currency(), from, to));
    }

    private Instant moment(HttpExchange exchange, String name, Instant byDefault) {
        var text = exchange.query(name);
        return text == null ? byDefault : Moments.parse(text, clock);
    }

    private static GroupBy groupBy(@Nullable String text) {
        try {
            return GroupBy.parse(text == null ? "profile" : text);
        } catch (IllegalArgumentException e) {
            throw new SandboxException(ErrorCode.INVALID_ARGUMENT, String.valueOf(e.getMessage()), e);
        }
    }
}
