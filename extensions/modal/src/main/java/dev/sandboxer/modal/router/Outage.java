package dev.sandboxer.modal.router;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import io.grpc.StatusRuntimeException;
import java.time.Duration;

/**
 * Tracks outages of a sandbox's router, each from a first failure to the next success. Every outage has the whole time
 * budget, because a stream that lives for days may break often.
 */
final class Outage {
    private static final Duration FIRST_DELAY = Duration.ofMillis(10);
    private static final Duration MAX_DELAY = Duration.ofSeconds(1);

    /** From this delay on, also check whether the sandbox still runs. */
    private static final Duration SUSPICIOUS = Duration.ofMillis(150);

    private final RouterChannel router;
    private final String action;
    private long since;
    private Duration delay = Duration.ZERO;

    Outage(RouterChannel router, String action) {
        this.router = router;
        this.action = action;
    }

    /** Ends the outage, because something arrived. */
    void over() {
        delay = Duration.ZERO;
    }

    /**
     * Waits before the next attempt.
     *
     * @throws RuntimeException the failure, when the sandbox has ended or the time budget is used up
     */
    void pause(StatusRuntimeException e) {
        if (Thread.currentThread().isInterrupted() || !waitWithinBudget()) {
            throw router.failure(e, action);
        }
    }

    /** Like {@link #pause(StatusRuntimeException)}. */
    void pause(ExtensionException e) {
        if (!waitWithinBudget()) {
            throw e;
        }
    }

    /** Waits and returns true; false when the time budget is used up. */
    private boolean waitWithinBudget() {
        if (delay.isZero()) {
            since = System.nanoTime();
            delay = FIRST_DELAY;
        } else {
            delay = delay.multipliedBy(2).compareTo(MAX_DELAY) < 0 ? delay.multipliedBy(2) : MAX_DELAY;
        }
        if (delay.compareTo(SUSPICIOUS) > 0) {
            router.findEnd().ifPresent(end -> {
                throw end.gone(router.sandbox());
            });
        }
        if (System.nanoTime() - since > router.client().timeouts().outage().toNanos()) {
            return false;
        }
        try {
            Thread.sleep(delay);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ExtensionException.unknown(Kind.TRANSIENT, "interrupted", e);
        }
    }
}
