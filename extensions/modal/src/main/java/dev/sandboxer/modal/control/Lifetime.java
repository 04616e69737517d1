package dev.sandboxer.modal.control;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.time.Duration;
import java.time.Instant;

/** The lifetime of a sandbox at Modal: whole seconds, at most 24 hours, fixed at creation. */
public final class Lifetime {
    public static final Duration MAX_TTL = Duration.ofHours(24);

    private Lifetime() {}

    /**
     * Returns the seconds to a deadline, rounded up so that no sandbox ends early; 1 if it has passed.
     *
     * @throws ExtensionException {@code INVALID} when the deadline is more than 24 hours away
     */
    static int seconds(Instant now, Instant deadline) {
        var left = Duration.between(now, deadline);
        if (left.compareTo(MAX_TTL) > 0) {
            throw ExtensionException.notApplied(
                    Kind.INVALID,
                    "a sandbox at Modal lives at most 24 hours; ask for less, and keep its files in a snapshot");
        }
        return Math.max(1, (int) left.plusSeconds(1).minusNanos(1).toSeconds());
    }

    /** Returns the exception for an attempt to move a deadline. */
    public static ExtensionException notExtendable() {
        return ExtensionException.notApplied(
                Kind.UNSUPPORTED,
                "the deadline of a sandbox at Modal is fixed at creation; make a snapshot and start another sandbox from it");
    }
}
