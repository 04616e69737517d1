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
 * The API keys of all consumers. A key is {@code e2b_} and 160 random bits in hex, the form that E2B's clients require.
 * Only its SHA-256 is stored: so many random bits need no slow hash. Thread-safe.
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
     * A newly created key.
     *
     * @param secret the key itself, to be shown once
     */
    public record NewKey(ApiKey key, String secret) {
        @Override
        public String toString() {
            return "NewKey[" + key + "]";
        }
    }

    /**
     * Creates a key for a consumer, which is added if it does not exist yet.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} when the consumer's name has a wrong form
     */
    public NewKey create(String consumer) {
        var bytes = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(bytes);
        return store(consumer, "e2b_" + HexFormat.of().formatHex(bytes));
    }

    /**
     * Stores a key that was made elsewhere. Fake clouds need this, because their clients already have a key. No command of a
     * real installation offers this, because keys made by hand are weak.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} when the key, or the consumer's name, has a wrong form
     */
    public NewKey adopt(String consumer, String secret) {
        if (!FORM.matcher(secret).matches()) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT, "a key is e2b_ and 40 hexadecimal digits in lower case");
        }
        return store(consumer, secret);
    }

    private NewKey store(String consumer, String secret) {
        consumers.ensure(consumer);
        // the id comes from the hash, so it reveals nothing about the key
        var hash = hash(secret);
        var key = new ApiKey(
                "k" + hash.substring(0, 12),
                consumer,
                secret.substring(0, PREFIX),
                Instant.ofEpochMilli(clock.millis()),
                null);
        rows.insert(key, hash);
        return new NewKey(key, secret);
    }

    /**
     * Returns the consumer whose key this is; empty if the key is unknown or revoked.
     *
     * @throws SandboxException {@code CONSUMER_DISABLED}
     */
    public Optional<String> consumerOf(String secret) {
        var consumer = find(secret).filter(key -> key.revokedAt() == null).map(ApiKey::consumer);
        consumer.ifPresent(consumers::requireEnabled);
        return consumer;
    }

    /** Returns true if this is a stored key, valid or revoked. */
    public boolean isKnown(String secret) {
        return find(secret).isPresent();
    }

    private Optional<ApiKey> find(String secret) {
        return FORM.matcher(secret).matches() ? rows.findByHash(hash(secret)) : Optional.empty();
    }

    /**
     * Returns all keys, revoked ones included, oldest first.
     *
     * @param consumer whose keys; null = all consumers
     */
    public List<ApiKey> list(@Nullable String consumer) {
        return rows.list(consumer);
    }

    /**
     * Revokes a key. Does nothing if it is revoked already.
     *
     * @throws SandboxException {@code UNKNOWN_KEY}
     */
    public ApiKey revoke(String id) {
        if (rows.find(id).isEmpty()) {
            throw new SandboxException(
                    ErrorCode.UNKNOWN_KEY, "key with the id " + id + " not found; list them with: sandboxer keys ls");
        }
        rows.revoke(id, clock.instant());
        return rows.find(id).orElseThrow();
    }

    private static String hash(String secret) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.US_ASCII)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is not available", e);
        }
    }
}
