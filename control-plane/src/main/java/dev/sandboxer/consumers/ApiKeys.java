package dev.sandboxer.consumers;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.store.Database;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The keys of all consumers. A key is {@code e2b_} and 160 random bits in hex, the form that E2B's clients insist on. Only
 * its SHA-256 is kept: that many random bits need no slow hash. Thread-safe.
 */
public final class ApiKeys {
    private static final Pattern FORM = Pattern.compile("e2b_[0-9a-f]{40}");
    private static final int RANDOM_BYTES = 20;
    private static final int PREFIX = "e2b_".length() + 6;

    private final ApiKeyStore rows;
    private final Consumers consumers;
    private final InstantSource clock;

    public ApiKeys(Database database, Consumers consumers, InstantSource clock) {
        this.consumers = consumers;
        this.rows = new ApiKeyStore(database);
        this.clock = clock;
    }

    /**
     * A key that was just made.
     *
     * @param secret the key itself, to be shown once
     */
    public record Fresh(ApiKey key, String secret) {
        @Override
        public String toString() {
            return "Fresh[" + key + "]";
        }
    }

    /**
     * Makes a key for a consumer, who is added when it isn't known yet.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} when the consumer's name has a wrong form
     */
    public Fresh create(String consumer) {
        var bytes = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(bytes);
        return keep(consumer, "e2b_" + HexFormat.of().formatHex(bytes));
    }

    /**
     * Takes a key that was made elsewhere, for a rehearsal in which the other side knows its key already. Whoever makes keys
     * by hand makes bad ones, so that no command of a real installation offers this.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} when the key, or the consumer's name, has a wrong form
     */
    public Fresh adopt(String consumer, String secret) {
        if (!FORM.matcher(secret).matches()) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT, "a key is e2b_ and 40 hexadecimal digits in lower case");
        }
        return keep(consumer, secret);
    }

    private Fresh keep(String consumer, String secret) {
        consumers.ensure(consumer);
        // taken from the hash, so that the id says nothing about the key
        var hash = hash(secret);
        var key = new ApiKey(
                "k" + hash.substring(0, 12),
                consumer,
                secret.substring(0, PREFIX),
                Instant.ofEpochMilli(clock.millis()),
                null);
        rows.insert(key, hash);
        return new Fresh(key, secret);
    }

    /** Whose key that is; empty when it is none of ours, was revoked, or its consumer was disabled. */
    public Optional<String> consumerOf(String secret) {
        if (!FORM.matcher(secret).matches()) {
            return Optional.empty();
        }
        return rows.findByHash(hash(secret))
                .filter(key -> key.revokedAt() == null)
                .map(ApiKey::consumer)
                .filter(consumer -> !consumers.get(consumer).disabled());
    }

    /**
     * All keys, those that were revoked too, oldest first.
     *
     * @param consumer null = everybody's
     */
    public List<ApiKey> list(@Nullable String consumer) {
        return rows.list(consumer);
    }

    /**
     * Refuses the key from now on; again is no change.
     *
     * @throws SandboxException {@code UNKNOWN_KEY}
     */
    public ApiKey revoke(String id) {
        if (rows.find(id).isEmpty()) {
            throw new SandboxException(
                    ErrorCode.UNKNOWN_KEY, "there is no key with the id " + id + "; `sandboxer keys ls` lists them");
        }
        rows.revoke(id, clock.instant());
        return rows.find(id).orElseThrow();
    }

    private static String hash(String secret) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
