package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.consumers.ApiKeys;
import dev.sandboxer.http.HttpExchange;
import java.util.Objects;

/** Authenticates requests to the control plane by the key in the header {@code X-API-Key}. */
public final class Caller {
    private static final String HEADER = "X-API-Key";

    private final ApiKeys keys;

    public Caller(ApiKeys keys) {
        this.keys = keys;
    }

    /**
     * Finds the consumer of the request's key, and notes it on the exchange.
     *
     * @throws E2bException 401
     */
    public void authenticate(HttpExchange exchange) {
        var key = exchange.header(HEADER);
        if (key == null || key.isBlank()) {
            throw new E2bException(401, "an API key is missing; send one in the header " + HEADER);
        }
        exchange.notes().consumer = keys.consumerOf(key.strip())
                .orElseThrow(() -> new E2bException(
                        401, "Invalid API key: unknown or revoked; `sandboxer keys create` makes one"));
    }

    /** The consumer of a request that has been authenticated. */
    public static String of(HttpExchange exchange) {
        return Objects.requireNonNull(exchange.notes().consumer);
    }
}
