package dev.sandboxer.config.units;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.profiles.Spelling;

/** Port numbers as people write them, 1 to 65535. */
public final class Ports {
    private static final int MAX_PORT = 65_535;

    private Ports() {}

    /**
     * Reads a port number.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    public static int parse(String text) {
        if (!text.matches("[1-9][0-9]{0,4}") || Integer.parseInt(text) > MAX_PORT) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT, Spelling.quoted(text) + " is not a port (1 to " + MAX_PORT + ")");
        }
        return Integer.parseInt(text);
    }
}
