package dev.sandboxer.http.e2b.template;

import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.http.e2b.edge.Tokens;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signed addresses to which clients upload files without a key. They are valid for an hour. */
final class UploadLinks {
    private static final Duration VALIDITY = Duration.ofHours(1);
    private static final String ALGORITHM = "HmacSHA256";

    private final byte[] secret;
    private final InstantSource clock;

    UploadLinks(byte[] secret, InstantSource clock) {
        this.secret = secret.clone();
        this.clock = clock;
    }

    /** Returns an address of this server, with the host name that the client used. */
    String link(HttpExchange exchange, String consumer, String hash) {
        var expires = Long.toString(clock.instant().plus(VALIDITY).getEpochSecond());
        var scheme = "https".equals(exchange.header("X-Forwarded-Proto")) ? "https" : "http";
        return scheme + "://" + Objects.requireNonNullElse(exchange.header("Host"), "localhost") + "/template-files/"
                + consumer + "/" + hash + "?expires=" + expires + "&signature=" + signature(consumer, hash, expires);
    }

    /**
     * Requires a valid signature that has not expired.
     *
     * @throws E2bException 401
     */
    void check(HttpExchange exchange, String consumer, String hash) {
        var expires = Objects.requireNonNullElse(exchange.query("expires"), "");
        if (!Tokens.equal(signature(consumer, hash, expires), exchange.query("signature"))) {
            throw new E2bException(401, "the address has no valid signature");
        }
        if (Long.parseLong(expires) < clock.instant().getEpochSecond()) {
            throw new E2bException(401, "the address has expired; start the build again");
        }
    }

    private String signature(String consumer, String hash, String expires) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(new SecretKeySpec(secret, ALGORITHM));
            var text = "template-files:" + consumer + ":" + hash + ":" + expires;
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException | InvalidKeyException e) {
            throw new IllegalStateException("every Java has HMAC-SHA-256", e);
        }
    }
}
