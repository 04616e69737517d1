package dev.sandboxer.objects;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An object that a consumer stores besides its sandboxes.
 *
 * @param kind the kind of object; names and ids are unique within a consumer's kind
 * @param name null = it has only an id
 * @param content a text that may contain secrets
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
    /** Leaves out the content, which may contain secrets. */
    @Override
    public String toString() {
        return "StoredObject[" + kind + " " + id + " of " + consumer + "]";
    }
}
