package dev.sandboxer.modal.router;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import io.grpc.StatusRuntimeException;
import java.time.Duration;

/**
 * A time in which a sandbox is out of reach, from a first failure to the next success. Each has a budget of its own: a stream that lives
 * for days may break often.
 */
final class Outage {
    private static final Duration FIRST_DELAY = Duration.ofMillis(10);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(1);

    /** From then on it is worth asking whether the sandbox is there at all. */
    private static final Duration SUSPICIOUS = Duration.ofMillis(150);

    private final RouterChannel router;
    private final String doing;
    private long since;
    private Duration delay = Duration.ZERO;

    Outage(RouterChannel router, String doing) {
        this.router = router;
        this.doing = doing;
    }

    /** Something arrived. */
    void over() {
        delay = Duration.ZERO;
    }

    /**
     * Waits before the next attempt.
     *
     * @throws RuntimeException what the failure means, when the sandbox has ended or the budget is used up
     */
    void pause(StatusRuntimeException e) {
        if (Thread.currentThread().isInterrupted() || !mayGoOn()) {
            throw router.failure(e, doing);
        }
    }

    void pause(ExtensionException e) {
        if (!mayGoOn()) {
            throw e;
        }
    }

    /** Returns false when the budget is used up. */
    private boolean mayGoOn() {
        if (delay.isZero()) {
            since = System.nanoTime();
            delay = FIRST_DELAY;
        } else {
            delay = delay.multipliedBy(2).compareTo(LONGEST_DELAY) < 0 ? delay.multipliedBy(2) : LONGEST_DELAY;
        }
        if (delay.compareTo(SUSPICIOUS) > 0) {
            router.ending().ifPresent(ending -> {
                throw ending.gone(router.sandbox());
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
