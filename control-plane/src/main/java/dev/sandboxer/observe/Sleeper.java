package dev.sandboxer.observe;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.time.Duration;

/** Lets time pass. Tests move their clock instead. */
@FunctionalInterface
public interface Sleeper {
    Sleeper REAL = Sleeper::sleepReally;

    /**
     * Returns after that long.
     *
     * @throws SandboxException {@code CONFLICT} when this thread is interrupted; it stays so
     */
    void sleep(Duration length);

    private static void sleepReally(Duration length) {
        try {
            Thread.sleep(length);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SandboxException(ErrorCode.CONFLICT, "interrupted while it waited for its turn", e);
        }
    }
}
