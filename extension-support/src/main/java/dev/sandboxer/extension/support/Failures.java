package dev.sandboxer.extension.support;

import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import java.io.IOException;

/** What is done about a sandbox's failures in several places. */
final class Failures {
    private Failures() {}

    /** Whether it says that a command takes no more input, mostly because it has ended. */
    static boolean isEndOfInput(OperationException e) {
        return e.reason() == Reason.STDIN_CLOSED || e.reason() == Reason.PROCESS_NOT_FOUND;
    }

    /** For where only an {@link IOException} may be thrown. */
    static IOException toIo(RuntimeException failure) {
        return new IOException(failure.getMessage(), failure);
    }
}
