package dev.sandboxer.lifecycle;

import dev.sandboxer.extension.ExtensionId;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One try to create a sandbox with one extension.
 *
 * @param number counts from 1; part of the tag
 * @param outcome null while nobody knows
 * @param message what the backend said, for failures
 */
public record Attempt(
        SandboxId sandbox,
        int number,
        ExtensionId extension,
        Instant startedAt,
        @Nullable Outcome outcome,
        @Nullable String message) {
    public enum Outcome {
        CREATED,
        /** Certainly nothing was made. */
        REFUSED,
        /** The answer was lost, and a look-up by tag found nothing. */
        NOT_FOUND;

        /** As users see it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
