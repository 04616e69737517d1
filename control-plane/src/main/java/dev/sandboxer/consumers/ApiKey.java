package dev.sandboxer.consumers;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A key with which a consumer asks; the key itself is not kept.
 *
 * @param prefix its first characters, to tell keys apart
 * @param revokedAt since when it is refused; null = it is accepted
 */
public record ApiKey(
        String id,
        String consumer,
        String prefix,
        Instant createdAt,
        @Nullable Instant revokedAt) {}
