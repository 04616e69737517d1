package dev.sandboxer.extension;

import java.net.URI;
import java.util.Map;

/**
 * Where one port of one sandbox is reached over HTTP. Its string form shows the names of headers only.
 *
 * @param origin {@code http} or {@code https}, host and port, and nothing else but perhaps a path, without a slash at its end,
 *     that goes before each request's
 * @param headers to be set on every request, in place of any of the same name; secret
 */
public record HttpTarget(URI origin, Map<String, String> headers) {
    /** Checks the components. */
    public HttpTarget {
        headers = Map.copyOf(headers);
        var scheme = origin.getScheme();
        var path = origin.getRawPath();
        if (!"http".equals(scheme) && !"https".equals(scheme)
                || origin.getHost() == null
                || origin.getRawUserInfo() != null
                || origin.getRawQuery() != null
                || origin.getRawFragment() != null
                || path != null && path.endsWith("/")) {
            throw new IllegalArgumentException(
                    "not an origin of HTTP, without a slash at its end, at " + origin.getHost());
        }
    }

    @Override
    public String toString() {
        return "HttpTarget[" + origin + " with " + headers.keySet() + "]";
    }
}
