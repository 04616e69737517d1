package dev.sandboxer.objects;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something that a consumer keeps here.
 *
 * @param kind what it is; names and ids are unique within it
 * @param name null = it has an id only
 * @param content a text that may hold secrets
 * @param expiresAt null = never
 */
public record StoredObject(
        String consumer,
        String kind,
        String id,
        @Nullable String name,
        String content,
        Instant createdAt,
        @Nullable Instant expiresAt) {
    /** The content may hold secrets. */
    @Override
    public String toString() {
        return "StoredObject[" + kind + " " + id + " of " + consumer + "]";
    }
}
