package dev.sandboxer.http.ports;

import java.util.Map;
import java.util.function.Predicate;
import org.eclipse.jetty.http.HttpField;
import org.jspecify.annotations.Nullable;

/**
 * Says how a request is changed on its way to the server in the sandbox, beyond what HTTP requires of a proxy.
 *
 * @param host the {@code Host} that the server in the sandbox sees
 * @param withheld selects the headers that are meant for us and not for the server in the sandbox
 * @param addHeaders headers that replace any of the same name
 * @param onward the proxy that the request goes to; null = a server in a sandbox, which is told the client's address
 */
public record Forwarding(
        String host,
        Predicate<HttpField> withheld,
        Map<String, String> addHeaders,
        @Nullable UpstreamProxy onward) {
    public Forwarding {
        addHeaders = Map.copyOf(addHeaders);
    }

    /** Makes a forwarding to a server in a sandbox. */
    public Forwarding(String host, Predicate<HttpField> withheld, Map<String, String> addHeaders) {
        this(host, withheld, addHeaders, null);
    }
}
