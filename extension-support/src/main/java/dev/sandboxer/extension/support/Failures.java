package dev.sandboxer.extension.support;

import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import java.io.IOException;

/** Classifies and converts failures of a sandbox. */
final class Failures {
    private Failures() {}

    /** Returns true if the failure means that a command no longer reads its input, usually because it has ended. */
    static boolean isEndOfInput(OperationException e) {
        return e.reason() == Reason.STDIN_CLOSED || e.reason() == Reason.PROCESS_NOT_FOUND;
    }

    /** Wraps a failure for methods that may throw only {@link IOException}. */
    static IOException toIo(RuntimeException failure) {
        return new IOException(failure.getMessage(), failure);
    }
}
