package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.http.HttpExchange;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The signature in the query of a signed file URL: {@code v1_} and the base64, without padding, of the SHA-256 of
 * {@code path:operation:user:token[:expiration]}. Source: E2B's JS SDK, {@code sandbox/signature.ts}.
 *
 * @param path exactly as in the query
 * @param user empty when absent
 * @param expiration in Unix seconds; null = never
 */
record Signature(
        String value,
        String path,
        String operation,
        String user,
        @Nullable String expiration) {
    /** Returns the signature of a request; null if it has none. */
    static @Nullable Signature of(HttpExchange exchange) {
        var value = exchange.query("signature");
        return value == null
                ? null
                : new Signature(
                        value,
                        Objects.requireNonNullElse(exchange.query("path"), ""),
                        exchange.method().equals("POST") ? "write" : "read",
                        Objects.requireNonNullElse(exchange.query("username"), ""),
                        exchange.query("signature_expiration"));
    }

    /**
     * Rebuilds the query of a signed request from the parameters that the signature covers, because a backend may read repeated or
     * odd parameters of the original in another way.
     */
    static String signedQuery(HttpExchange exchange) {
        return Stream.of("path", "username")
                .filter(name -> exchange.query(name) != null)
                .map(name ->
                        name + "=" + URLEncoder.encode(String.valueOf(exchange.query(name)), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&"));
    }

    /** Removes the signature from a query and leaves the rest as it was sent. Returns null if nothing is left. */
    static @Nullable String without(String query) {
        var left = Arrays.stream(query.split("&", -1))
                .filter(pair -> !isPart(pair))
                .collect(Collectors.joining("&"));
        return left.isEmpty() ? null : left;
    }

    private static boolean isPart(String pair) {
        int end = pair.indexOf('=');
        var name = HttpExchange.decode(end < 0 ? pair : pair.substring(0, end));
        return name.equals("signature") || name.equals("signature_expiration");
    }

    /** Returns true if the signature was made with a token. Does not check the expiration. */
    boolean madeWith(String token) {
        var text = path + ":" + operation + ":" + user + ":" + token + (expiration == null ? "" : ":" + expiration);
        return Tokens.equal("v1_" + hash(text), value.replaceAll("=+$", ""));
    }

    /** Returns true if the expiration has passed or is not a number. */
    boolean expired(Instant now) {
        if (expiration == null) {
            return false;
        }
        try {
            return Long.parseLong(expiration) < now.getEpochSecond();
        } catch (NumberFormatException e) {
            return true;
        }
    }

    private static String hash(String text) {
        try {
            var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
