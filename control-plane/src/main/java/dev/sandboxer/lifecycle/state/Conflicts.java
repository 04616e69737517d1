package dev.sandboxer.lifecycle.state;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.util.function.Supplier;

/** Detects and retries conflicts between concurrent changes of a sandbox. The second change to be written fails. */
public final class Conflicts {
    /** Each conflict means that another change succeeded, so this many in a row point to a bug. */
    private static final int TRIES = 20;

    private Conflicts() {}

    /**
     * Fails if a sandbox has changed since the caller read it.
     *
     * @throws SandboxException {@code CONFLICT}
     */
    public static void requireUnchanged(Sandbox seen, Sandbox current) {
        if (current.version() != seen.version()) {
            throw changed(seen.id());
        }
    }

    /** Returns the failure of a change that lost to a concurrent one. */
    public static SandboxException changed(SandboxId sandbox) {
        return new SandboxException(
                ErrorCode.CONFLICT, "sandbox " + sandbox + " was changed by another call at the same time; try again");
    }

    /**
     * Runs a change, and repeats it after a conflict, up to 20 times.
     *
     * @param change reads the sandbox and changes it
     */
    public static <T> T retry(Supplier<T> change) {
        for (int tries = 1; ; tries++) {
            try {
                return change.get();
            } catch (SandboxException e) {
                if (e.code() != ErrorCode.CONFLICT || tries == TRIES) {
                    throw e;
                }
            }
        }
    }
}
