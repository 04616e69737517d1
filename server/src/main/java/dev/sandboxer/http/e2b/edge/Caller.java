package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.consumers.ApiKeys;
import dev.sandboxer.error.SandboxException;
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
     * Finds the consumer of the request's key, and sets it in the notes of the exchange.
     *
     * @throws E2bException 401 if the key is missing, unknown or revoked
     * @throws SandboxException {@code CONSUMER_DISABLED}
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

    /** Returns the consumer of an authenticated request. */
    public static String of(HttpExchange exchange) {
        return Objects.requireNonNull(exchange.notes().consumer);
    }
}
