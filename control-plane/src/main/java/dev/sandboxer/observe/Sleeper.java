package dev.sandboxer.observe;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.time.Duration;

/** Waits for some time. In tests, it moves the test's clock instead. */
@FunctionalInterface
public interface Sleeper {
    Sleeper REAL = Sleeper::sleepReally;

    /**
     * Returns after the given time.
     *
     * @throws SandboxException {@code CONFLICT} if this thread is interrupted; its interrupt status stays set
     */
    void sleep(Duration length);

    private static void sleepReally(Duration length) {
        try {
            Thread.sleep(length);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException(ErrorCode.CONFLICT, "interrupted while waiting", e);
        }
    }
}
