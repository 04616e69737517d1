package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.consumers.ApiKeys;
import dev.sandboxer.lifecycle.state.SandboxId;
import java.util.function.Predicate;
import org.eclipse.jetty.http.HttpField;

/**
 * Selects the headers of a request that are meant for this server and must not be passed on, such as its keys and tokens. A header
 * with a key or token is withheld only if this server knows the value, because servers in sandboxes may use the same header names.
 */
public final class HeaderFilter {
    public static final String TRAFFIC_TOKEN = "e2b-traffic-access-token";

    private final ApiKeys keys;
    private final Tokens tokens;

    public HeaderFilter(ApiKeys keys, Tokens tokens) {
        this.keys = keys;
        this.tokens = tokens;
    }

    /** Returns a predicate that selects the headers to leave out of a request to a sandbox. */
    public Predicate<HttpField> of(SandboxId sandbox) {
        return header -> switch (header.getLowerCaseName()) {
            case TRAFFIC_TOKEN, "e2b-sandbox-id", "e2b-sandbox-port", "x-sandboxer-forwarded" -> true;
            case "x-api-key" ->
                header.getValue() != null && keys.isKnown(header.getValue().strip());
            case "x-access-token" -> Tokens.equal(tokens.access(sandbox), header.getValue());
            default -> false;
        };
    }
}
