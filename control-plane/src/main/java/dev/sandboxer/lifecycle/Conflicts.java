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
