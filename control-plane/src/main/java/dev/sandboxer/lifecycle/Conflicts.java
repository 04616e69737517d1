package dev.sandboxer.lifecycle;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.util.function.Supplier;

/** Changes that may be made again when another process has changed the same sandbox in between. */
final class Conflicts {
    /** Each conflict means that somebody else was done; so many in a row are no coincidence. */
    private static final int TRIES = 20;

    private Conflicts() {}

    /**
     * @throws SandboxException {@code CONFLICT} when somebody has changed it since it was seen
     */
    static void requireUnchanged(Sandbox seen, Sandbox current) {
        if (current.version() != seen.version()) {
            throw changed(seen.id());
        }
    }

    static SandboxException changed(SandboxId sandbox) {
        return new SandboxException(
                ErrorCode.CONFLICT, "sandbox " + sandbox + " was changed by somebody else at the same time; try again");
    }

    /**
     * @param change reads the sandbox and changes it
     */
    static <T> T again(Supplier<T> change) {
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
