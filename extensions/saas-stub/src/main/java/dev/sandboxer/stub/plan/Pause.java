package dev.sandboxer.stub.plan;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.time.Duration;

/** The time that a call to a cloud takes. */
public final class Pause {
    private Pause() {}

    /**
     * Waits.
     *
     * @param effect of the call, should it be interrupted now
     * @throws ExtensionException {@code TRANSIENT} when it is
     */
    public static void of(Duration time, Effect effect) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ExtensionException(
                    Kind.TRANSIENT, effect, null, "interrupted while waiting for the rehearsed cloud", e);
        }
    }
}
