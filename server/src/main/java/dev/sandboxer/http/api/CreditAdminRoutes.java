package dev.sandboxer.http.api;

import dev.sandboxer.consumers.Consumers;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.Route;
import dev.sandboxer.payments.ledger.CreditsView;
import dev.sandboxer.payments.ledger.GrantView;
import dev.sandboxer.payments.ledger.Ledger;
import dev.sandboxer.payments.rates.RateFile;
import java.io.IOException;
import java.util.List;

/** Routes under {@code /api/v1/consumers/{consumer}} for operators: the consumer's credits, grants and credit terms. */
public final class CreditAdminRoutes {
    private static final String CONSUMER = "/api/v1/consumers/{consumer}";

    private final Consumers consumers;
    private final Ledger ledger;
    private final RateFile rates;
    private final OperatorKey key;

    public CreditAdminRoutes(Consumers consumers, Ledger ledger, RateFile rates, OperatorKey key) {
        this.consumers = consumers;
        this.ledger = ledger;
        this.rates = rates;
        this.key = key;
    }

    public List<Route> routes() {
        return List.of(
                new Route("GET", CONSUMER + "/credits", this::credits),
                new Route("GET", CONSUMER + "/grants", this::grants),
                new Route("POST", CONSUMER + "/grants", this::grant),
                new Route("PUT", CONSUMER + "/credit-terms", this::changeTerms));
    }

    /**
     * Checks the operator's key and returns the consumer's name from the path.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} when the name can't be decoded; {@code UNAUTHENTICATED} when the key is missing or
     *     wrong
     */
    private String name(HttpExchange exchange) {
        var name = exchange.parameter("consumer");
        key.require(exchange);
        return name;
    }

    private CreditsView view(String consumer) {
        return CreditsView.of(ledger.balance(consumer), rates.cards().currency());
    }

    private void credits(HttpExchange exchange) throws IOException {
        exchange.json(200, view(consumers.get(name(exchange)).id()));
    }

    private void grants(HttpExchange exchange) throws IOException {
        var consumer = consumers.get(name(exchange)).id();
        exchange.json(200, ledger.grants(consumer).stream().map(GrantView::of).toList());
    }

    /** Grants credits. Repeating a request grants nothing more; a different request with the same id is a conflict. */
    private void grant(HttpExchange exchange) throws IOException {
        var name = name(exchange);
        var wanted = exchange.json(GrantBody.class).request(name);
        var consumer = consumers.get(name).id();
        ledger.grant(wanted);
        exchange.json(200, view(consumer));
    }

    /** Replaces all credit terms of a consumer. */
    private void changeTerms(HttpExchange exchange) throws IOException {
        var name = name(exchange);
        var wanted = exchange.json(CreditTermsBody.class).terms();
        var consumer = consumers.get(name).id();
        ledger.changeTerms(consumer, before -> wanted);
        exchange.json(200, view(consumer));
    }
}
