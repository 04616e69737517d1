package dev.sandboxer.modal.control;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.time.Duration;

/** Interruptible sleep between two calls. */
final class Delay {
    private Delay() {}

    /** @throws ExtensionException when the thread is interrupted */
    static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ExtensionException.unknown(Kind.TRANSIENT, "interrupted", e);
        }
    }
}
