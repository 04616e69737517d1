package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.consumers.ApiKeys;
import dev.sandboxer.lifecycle.state.SandboxId;
import java.util.function.Predicate;
import org.eclipse.jetty.http.HttpField;

/**
 * Selects the headers of a request that are for us and must not be passed on, above all our keys and tokens. Servers in
 * sandboxes may use keys of their own in headers of the same names; those pass, since a key is ours only when its value is.
 */
public final class HeaderFilter {
    public static final String TRAFFIC_TOKEN = "e2b-traffic-access-token";

    private final ApiKeys keys;
    private final Tokens tokens;

    public HeaderFilter(ApiKeys keys, Tokens tokens) {
        this.keys = keys;
        this.tokens = tokens;
    }

    /** Matches the headers to leave out of a request to that sandbox. */
    public Predicate<HttpField> of(SandboxId sandbox) {
        return header -> switch (header.getLowerCaseName()) {
            case TRAFFIC_TOKEN, "e2b-sandbox-id", "e2b-sandbox-port", "x-sandboxer-handed-on" -> true;
            case "x-api-key" ->
                header.getValue() != null
                        && keys.consumerOf(header.getValue().strip()).isPresent();
            case "x-access-token" -> Tokens.equal(tokens.access(sandbox), header.getValue());
            default -> false;
        };
    }
}
