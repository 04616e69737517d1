package dev.sandboxer.http.api;

import dev.sandboxer.config.units.Durations;
import dev.sandboxer.consumers.ConsumerProfiles;
import dev.sandboxer.credentials.CredentialRouter.Requester;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.Route;
import dev.sandboxer.payments.ledger.CreditsView;
import dev.sandboxer.payments.ledger.Ledger;
import dev.sandboxer.routing.EstimateView;
import dev.sandboxer.routing.Prices;
import dev.sandboxer.routing.Requirements;
import dev.sandboxer.routing.Router;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/** Routes under {@code /api/v1} for the caller's credits and for cost estimates of sandboxes. All are read-only. */
public final class CreditRoutes {
    private final ConsumerProfiles profiles;
    private final Router router;
    private final Ledger ledger;
    private final Prices prices;

    public CreditRoutes(ConsumerProfiles profiles, Router router, Ledger ledger, Prices prices) {
        this.profiles = profiles;
        this.router = router;
        this.ledger = ledger;
        this.prices = prices;
    }

    public List<Route> routes() {
        return List.of(
                new Route("GET", "/api/v1/credits", this::credits),
                new Route("GET", "/api/v1/profiles/{profile}/estimate", this::estimate));
    }

    private static String consumer(HttpExchange exchange) {
        return Objects.requireNonNull(exchange.notes().consumer);
    }

    private void credits(HttpExchange exchange) throws IOException {
        var balance = ledger.balance(consumer(exchange));
        exchange.json(200, CreditsView.of(balance, prices.rates().cards().currency()));
    }

    /** Estimates the cost of a sandbox for the query's {@code ttl}, or else the profile's. */
    private void estimate(HttpExchange exchange) throws IOException {
        var consumer = consumer(exchange);
        var profile = profiles.of(consumer).get(exchange.parameter("profile"));
        var ttl = exchange.query("ttl");
        var requirements = Requirements.of(Requester.of(consumer), profile);
        var route = router.explain(
                profile, ttl == null ? requirements : requirements.withTtl(Durations.parsePositive(ttl)));
        var available = ledger.balance(consumer).available();
        exchange.json(200, EstimateView.of(route, consumer, available, null, prices));
    }
}
