package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.http.HttpExchange;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/**
 * The rules for web pages of other origins. As at E2B, pages may do everything that a client without a browser may do. This is safe
 * because browsers never add API keys and access tokens by themselves.
 *
 * @param methods the methods that pages may use; null = the requested one
 * @param headers the headers that pages may send; null = the requested ones
 * @param exposed headers of answers that pages may read
 * @param maxAge for how many seconds browsers remember a permission
 */
public record Cors(@Nullable String methods, @Nullable String headers, String exposed, int maxAge) {
    /** The rules of E2B's daemon. Source: {@code packages/envd/main.go} of e2b-dev/infra. */
    public static final Cors DATA_PLANE = new Cors(
            null,
            null,
            "Grpc-Status, Grpc-Message, Grpc-Status-Details-Bin, Location, Cache-Control, X-Content-Type-Options",
            7200);

    /**
     * The rules of E2B's control plane (source: {@code packages/api/main.go}), and the headers of newer SDKs and of sand-boxer. E2B
     * exposes no headers; here they are exposed, since without X-Next-Token a page can't read the second page of a list.
     */
    public static final Cors CONTROL_PLANE = new Cors(
            "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS",
            String.join(
                    ", ",
                    List.of(
                            "Origin",
                            "Content-Length",
                            "Content-Type",
                            "User-Agent",
                            "Authorization",
                            "X-API-Key",
                            "X-Team-ID",
                            "browser",
                            "lang",
                            "lang_version",
                            "machine",
                            "os",
                            "package_version",
                            "processor",
                            "publisher",
                            "release",
                            "sdk_runtime",
                            "system",
                            "integration",
                            "X-Sandboxer-Credential",
                            "X-Sandboxer-Prefer",
                            "X-Sandboxer-Only",
                            "X-Sandboxer-Max-Cost")),
            "X-Next-Token, X-Total-Running, Retry-After, X-Request-Id",
            43_200);

    private static final String REQUESTED_METHOD = "Access-Control-Request-Method";
    private static final String REQUESTED_HEADERS = "Access-Control-Request-Headers";
    private static final String ANY = "*";
    private static final Set<String> OF_SANDBOXES = Set.of("e2b-sandbox-id", "e2b-sandbox-port", "x-access-token");
    private static final int MAX_LENGTH = 4096;

    /** Returns true if a browser asks for permission. Such a request has neither a key nor a header that names a sandbox. */
    public static boolean isPreflight(HttpExchange exchange) {
        return exchange.method().equals("OPTIONS")
                && exchange.header("Origin") != null
                && exchange.header(REQUESTED_METHOD) != null;
    }

    /** Returns true if the headers that the browser asks for include one that names or opens a sandbox. */
    public static boolean announcesSandbox(HttpExchange exchange) {
        var names = exchange.header(REQUESTED_HEADERS);
        if (names != null) {
            for (String name : names.split(",")) {
                if (OF_SANDBOXES.contains(name.strip().toLowerCase(Locale.ROOT))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Answers a browser that asks for permission. */
    public void permit(HttpExchange exchange) {
        exchange.header("Access-Control-Allow-Origin", ANY);
        exchange.header("Access-Control-Allow-Methods", methods == null ? asked(exchange, REQUESTED_METHOD) : methods);
        exchange.header("Access-Control-Allow-Headers", headers == null ? asked(exchange, REQUESTED_HEADERS) : headers);
        exchange.header("Access-Control-Max-Age", Integer.toString(maxAge));
        exchange.header("Vary", "Origin, " + REQUESTED_METHOD + ", " + REQUESTED_HEADERS);
        exchange.empty(204);
    }

    private static String asked(HttpExchange exchange, String name) {
        var value = exchange.header(name);
        return value == null || value.length() > MAX_LENGTH ? "" : value;
    }

    /** Allows the page that sent the request to read the answer. Does nothing for a request without an origin. */
    public void allow(HttpExchange exchange) {
        if (exchange.header("Origin") != null) {
            var to = exchange.response().getHeaders();
            to.put("Access-Control-Allow-Origin", ANY);
            to.put("Access-Control-Expose-Headers", exposed);
            if (!to.contains(HttpHeader.VARY, "Origin")) {
                to.add(HttpHeader.VARY, "Origin");
            }
        }
    }
}
