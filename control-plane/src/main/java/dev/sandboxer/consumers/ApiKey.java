package dev.sandboxer.consumers;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A consumer's API key, without the secret itself.
 *
 * @param prefix the secret's first characters, to tell keys apart
 * @param revokedAt when it was revoked; null = it is valid
 */
public record ApiKey(
        String id,
        String consumer,
        String prefix,
        Instant createdAt,
        @Nullable Instant revokedAt) {}
