package dev.sandboxer.config.units;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.profiles.Spelling;

/** Counts as people write them: whole numbers from 0 to 999,999,999. */
public final class Counts {
    private static final int MAX_DIGITS = 9;

    private Counts() {}

    /**
     * Reads a count, which may be zero.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    public static int parse(String text) {
        if (text.length() > MAX_DIGITS || text.indexOf('.') >= 0 || !Decimal.isDecimal(text)) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT, Spelling.quoted(text) + " is not a whole number from 0 to 999999999");
        }
        return Integer.parseInt(text);
    }
}
