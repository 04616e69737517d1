package dev.sandboxer.extension.support;

import java.io.IOException;

/** A sandbox's failures where only an {@link IOException} may be thrown. */
final class Failures {
    private Failures() {}

    static IOException toIo(RuntimeException failure) {
        return new IOException(failure.getMessage(), failure);
    }
}
