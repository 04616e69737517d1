package dev.sandboxer.extension.feature;

import java.net.URI;
import java.util.Map;

/**
 * The HTTP address of one port of one sandbox. {@link #toString} shows the headers' names only.
 *
 * @param origin scheme ({@code http} or {@code https}), host, port, and optionally a path that is prefixed to each request's path, without
 *     a slash at its end
 * @param headers to set on every request, replacing any of the same name; secret
 */
public record HttpTarget(URI origin, Map<String, String> headers) {
    /** Checks the origin. */
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
                    "not an http or https origin without a slash at its end; its host is " + origin.getHost());
        }
    }

    @Override
    public String toString() {
        return "HttpTarget[" + origin + " with " + headers.keySet() + "]";
    }
}
