package dev.sandboxer.http.api;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.HttpExchange;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * The key that gives operators access to all consumers, sent as {@code Authorization: Bearer KEY}.
 *
 * @param secret null = no key is set, and all requests are refused
 */
public record OperatorKey(@Nullable String secret) {
    private static final String SCHEME = "Bearer ";

    /**
     * Fails unless the request has the right key.
     *
     * @throws SandboxException {@code UNAUTHENTICATED}
     */
    void require(HttpExchange exchange) {
        if (secret == null) {
            throw refused("this server has no operator's key; start it with SANDBOXER_OPERATOR_KEY_FILE");
        }
        var header = exchange.header("Authorization");
        var given = header != null && header.startsWith(SCHEME) ? header.substring(SCHEME.length()) : "";
        if (!MessageDigest.isEqual(bytes(secret), bytes(given.strip()))) {
            throw refused("the operator's key is missing or wrong; send it as Authorization: Bearer KEY");
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static SandboxException refused(String why) {
        return new SandboxException(ErrorCode.UNAUTHENTICATED, why);
    }

    @Override
    public String toString() {
        return "OperatorKey[" + (secret == null ? "none" : "set") + "]";
    }
}
