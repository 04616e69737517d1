package dev.sandboxer.http.ports;

import java.util.Map;
import java.util.function.Predicate;
import org.eclipse.jetty.http.HttpField;
import org.jspecify.annotations.Nullable;

/**
 * How a request is changed on its way in, beyond what HTTP asks of a proxy.
 *
 * @param host the {@code Host} that the server inside sees
 * @param withheld which headers are ours and not meant for the server inside
 * @param addHeaders set after everything else, in place of any of the same name
 * @param onward null for a server in a sandbox, which is told who asks
 */
public record Forwarding(
        String host,
        Predicate<HttpField> withheld,
        Map<String, String> addHeaders,
        @Nullable Onward onward) {
    public Forwarding {
        addHeaders = Map.copyOf(addHeaders);
    }

    /** To a server in a sandbox. */
    public Forwarding(String host, Predicate<HttpField> withheld, Map<String, String> addHeaders) {
        this(host, withheld, addHeaders, null);
    }
}
