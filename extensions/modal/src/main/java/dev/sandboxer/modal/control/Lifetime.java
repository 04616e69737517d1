package dev.sandboxer.modal.control;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.time.Duration;
import java.time.Instant;

/** How long Modal lets a sandbox live: whole seconds, at most a day, fixed when it is made. */
public final class Lifetime {
    static final Duration LONGEST = Duration.ofHours(24);

    private Lifetime() {}

    /**
     * Seconds from now to a deadline, rounded up, so that a sandbox never ends too early; 1 when it has passed.
     *
     * @throws ExtensionException {@code INVALID} when that is more than a day
     */
    static int seconds(Instant now, Instant deadline) {
        var left = Duration.between(now, deadline);
        if (left.compareTo(LONGEST) > 0) {
            throw ExtensionException.notApplied(
                    Kind.INVALID,
                    "a sandbox at Modal lives 24 hours at most, and this one is wanted for longer; ask for less,"
                            + " and keep what it makes in a snapshot");
        }
        return Math.max(1, (int) left.plusSeconds(1).minusNanos(1).toSeconds());
    }

    /** Says why a deadline stays where it is. */
    public static ExtensionException notExtendable() {
        return ExtensionException.notApplied(
                Kind.UNSUPPORTED,
                "the deadline of a sandbox at Modal is fixed when it is made; make a snapshot and start another from it");
    }
}
