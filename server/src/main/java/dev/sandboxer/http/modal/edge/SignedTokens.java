package dev.sandboxer.http.modal.edge;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Issues and verifies JSON web tokens (HS256) with a subject and an expiry. Clients read only {@code exp}. They decode the payload as plain
 * base64, so it contains no characters that base64url encodes as {@code -} or {@code _}. Thread-safe.
 */
final class SignedTokens {
    private static final String ALGORITHM = "HmacSHA256";
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final String HEADER = encoded("{\"alg\":\"HS256\",\"typ\":\"JWT\"}");
    private static final Pattern SUBJECT = Pattern.compile("[A-Za-z0-9._@:-]{1,200}");
    private static final Pattern PAYLOAD =
            Pattern.compile("\\{\"sub\":\"([A-Za-z0-9._@:-]{1,200})\",\"exp\":([0-9]{1,15})}");

    private final SecretKeySpec key;
    private final Duration life;
    private final InstantSource clock;

    /**
     * @param secret the installation's; the signing key is derived from it
     * @param label the purpose of the tokens; tokens with another label are refused
     */
    SignedTokens(byte[] secret, String label, Duration life, InstantSource clock) {
        this.key = new SecretKeySpec(mac(new SecretKeySpec(secret, ALGORITHM), label), ALGORITHM);
        this.life = life;
        this.clock = clock;
    }

    String issue(String subject) {
        if (!SUBJECT.matcher(subject).matches()) {
            throw new IllegalArgumentException("not a valid token subject");
        }
        var expires = clock.instant().plus(life).getEpochSecond();
        var signed = HEADER + "." + encoded("{\"sub\":\"" + subject + "\",\"exp\":" + expires + "}");
        return signed + "." + ENCODER.encodeToString(mac(key, signed));
    }

    /** Returns a token's subject; empty if the token isn't ours, was changed, or has expired. */
    Optional<String> verify(String token) {
        var dot = token.lastIndexOf('.');
        if (dot < 0 || token.length() > 2000 || !token.startsWith(HEADER + ".")) {
            return Optional.empty();
        }
        var signed = token.substring(0, dot);
        var expected = ENCODER.encodeToString(mac(key, signed)).getBytes(StandardCharsets.US_ASCII);
        if (!MessageDigest.isEqual(expected, token.substring(dot + 1).getBytes(StandardCharsets.UTF_8))) {
            return Optional.empty();
        }
        var payload = new String(
                Base64.getUrlDecoder().decode(signed.substring(HEADER.length() + 1)), StandardCharsets.UTF_8);
        var match = PAYLOAD.matcher(payload);
        return match.matches() && clock.instant().getEpochSecond() < Long.parseLong(match.group(2))
                ? Optional.of(match.group(1))
                : Optional.empty();
    }

    private static String encoded(String text) {
        return ENCODER.encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] mac(SecretKeySpec key, String text) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has HMAC-SHA-256", e);
        }
    }
}
