package dev.sandboxer.lifecycle.state;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.util.function.Supplier;

/** What happens when two change the same sandbox at once: the second is refused, and may try again. */
public final class Conflicts {
    /** Each conflict means that somebody else was done; so many in a row are no coincidence. */
    private static final int TRIES = 20;

    private Conflicts() {}

    /**
     * Fails if the sandbox has changed.
     *
     * @throws SandboxException {@code CONFLICT} when somebody has changed it since it was seen
     */
    public static void requireUnchanged(Sandbox seen, Sandbox current) {
        if (current.version() != seen.version()) {
            throw changed(seen.id());
        }
    }

    public static SandboxException changed(SandboxId sandbox) {
        return new SandboxException(
                ErrorCode.CONFLICT, "sandbox " + sandbox + " was changed by somebody else at the same time; try again");
    }

    /**
     * Tries again after a conflict.
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
