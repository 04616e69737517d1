package dev.sandboxer.stub.plan;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.time.Duration;

/** Delays of the rehearsed cloud. */
public final class RehearsedDelay {
    private RehearsedDelay() {}

    /**
     * Waits.
     *
     * @param effect the call's effect if the thread is interrupted now
     * @throws ExtensionException {@code TRANSIENT} when the thread is interrupted
     */
    public static void sleep(Duration time, Effect effect) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExtensionException(
                    Kind.TRANSIENT, effect, null, "interrupted while waiting for the rehearsed cloud", e);
        }
    }
}
