package dev.sandboxer.hubs;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs and verifies messages according to <a href="https://github.com/standard-webhooks/standard-webhooks">Standard Webhooks</a>,
 * with HMAC-SHA256. Each secret gives one signature, and a receiver needs to know only one secret, so secrets can be rotated
 * without a gap. Immutable, thread-safe, and never shows its secrets.
 */
public final class StandardWebhooks {
    public static final String ID_HEADER = "webhook-id";
    public static final String TIMESTAMP_HEADER = "webhook-timestamp";
    public static final String SIGNATURE_HEADER = "webhook-signature";

    /** How far a message's timestamp may be from the receiver's clock. */
    public static final Duration TOLERANCE = Duration.ofMinutes(5);

    private static final String PREFIX = "whsec_";
    private static final String VERSION = "v1,";
    private static final String ALGORITHM = "HmacSHA256";
    private static final int MIN_KEY_BYTES = 24;
    private static final int MAX_KEY_BYTES = 64;

    private final List<SecretKeySpec> keys;

    private StandardWebhooks(List<SecretKeySpec> keys) {
        this.keys = List.copyOf(keys);
    }

    /**
     * Reads secrets.
     *
     * @param secrets one or more, separated by spaces or commas; each is {@code whsec_} and the Base64 of 24 to 64 bytes
     * @throws SandboxException {@code INVALID_CONFIG} if one is malformed or there is none; the message does not repeat it
     */
    public static StandardWebhooks of(String secrets) {
        var keys = new ArrayList<SecretKeySpec>();
        for (String secret : split(secrets)) {
            keys.add(key(secret));
        }
        if (keys.isEmpty()) {
            throw malformed("is empty");
        }
        return new StandardWebhooks(keys);
    }

    static List<String> split(String secrets) {
        return List.of(secrets.split("[\\s,]+")).stream()
                .filter(secret -> !secret.isEmpty())
                .toList();
    }

    private static SecretKeySpec key(String secret) {
        if (!secret.startsWith(PREFIX)) {
            throw malformed("does not begin with " + PREFIX);
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(secret.substring(PREFIX.length()));
        } catch (IllegalArgumentException e) {
            throw malformed("is not base64 after " + PREFIX); // without the cause, which shows a part of it
        }
        if (bytes.length < MIN_KEY_BYTES || bytes.length > MAX_KEY_BYTES) {
            throw malformed("has " + bytes.length + " bytes");
        }
        return new SecretKeySpec(bytes, ALGORITHM);
    }

    private static SandboxException malformed(String problem) {
        return new SandboxException(
                ErrorCode.INVALID_CONFIG,
                "a webhook secret " + problem + "; make one with: echo whsec_$(openssl rand -base64 32)");
    }

    /**
     * Returns the value of {@link #SIGNATURE_HEADER}: one signature per secret, separated by spaces.
     *
     * @param id the value of {@link #ID_HEADER}, without a dot
     * @param timestamp sent in {@link #TIMESTAMP_HEADER} as seconds since 1970
     * @param body exactly the bytes that are sent
     */
    public String sign(String id, Instant timestamp, byte[] body) {
        return keys.stream()
                .map(key -> VERSION
                        + Base64.getEncoder().encodeToString(mac(key, id, Long.toString(seconds(timestamp)), body)))
                .collect(Collectors.joining(" "));
    }

    /**
     * Returns true if one of the signatures was made with one of our secrets, for exactly this message, at most {@link
     * #TOLERANCE} before or after now. Runs in constant time.
     *
     * @param id the value of {@link #ID_HEADER}
     * @param timestamp the value of {@link #TIMESTAMP_HEADER}
     * @param signatures the value of {@link #SIGNATURE_HEADER}
     * @param body as received, before it is parsed
     */
    public boolean verify(String id, String timestamp, String signatures, byte[] body, Instant now) {
        if (!isRecent(timestamp, now)) {
            return false;
        }
        boolean found = false;
        for (SecretKeySpec key : keys) {
            var expected = VERSION + Base64.getEncoder().encodeToString(mac(key, id, timestamp, body));
            for (String signature : signatures.split(" ", -1)) {
                found |= MessageDigest.isEqual(utf8(expected), utf8(signature));
            }
        }
        return found;
    }

    private static boolean isRecent(String timestamp, Instant now) {
        try {
            var distance = Duration.between(Instant.ofEpochSecond(Long.parseLong(timestamp)), now)
                    .abs();
            return distance.compareTo(TOLERANCE) <= 0;
        } catch (NumberFormatException | DateTimeException | ArithmeticException e) {
            return false;
        }
    }

    static long seconds(Instant timestamp) {
        return Math.floorDiv(timestamp.toEpochMilli(), 1000L);
    }

    private static byte[] mac(SecretKeySpec key, String id, String timestamp, byte[] body) {
        try {
            var mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(utf8(id + "." + timestamp + "."));
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java has " + ALGORITHM, e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
