package dev.sandboxer.http.ports;

import java.util.Map;
import java.util.function.Predicate;
import org.eclipse.jetty.http.HttpField;
import org.jspecify.annotations.Nullable;

/**
 * How a request is changed before it is forwarded, beyond what HTTP requires of a proxy.
 *
 * @param host the {@code Host} that the server in the sandbox sees
 * @param withheld selects the headers that are not forwarded, because they are meant for this server
 * @param addHeaders headers that replace any of the same name
 * @param onward the proxy that the request goes to; null = a server in a sandbox, which gets the client's address in {@code X-Forwarded}
 *     headers
 */
public record Forwarding(
        String host,
        Predicate<HttpField> withheld,
        Map<String, String> addHeaders,
        @Nullable UpstreamProxy onward) {
    public Forwarding {
        addHeaders = Map.copyOf(addHeaders);
    }

    /** Creates the rules for a request to a server in a sandbox. */
    public Forwarding(String host, Predicate<HttpField> withheld, Map<String, String> addHeaders) {
        this(host, withheld, addHeaders, null);
    }
}
