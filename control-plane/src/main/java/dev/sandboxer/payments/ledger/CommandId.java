package dev.sandboxer.payments.ledger;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.util.UUID;
import java.util.regex.Pattern;

/** How people name their commands to the ledger, and what they may note on them. */
public final class CommandId {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,99}");
    private static final int LONGEST_NOTE = 500;

    private CommandId() {}

    /** One that nobody has used. */
    public static String random() {
        return Long.toHexString(UUID.randomUUID().getLeastSignificantBits());
    }

    /**
     * Checks the form of an id, and returns it.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    public static String require(String id) {
        if (!FORM.matcher(id).matches()) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT,
                    "an id has 1 to 100 letters, digits, dots, dashes, colons or underscores, and begins with a letter or"
                            + " digit");
        }
        return id;
    }

    /**
     * Checks the length of a note, and returns it.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    public static String requireNote(String note) {
        if (note.length() > LONGEST_NOTE || note.indexOf('\0') >= 0) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT, "a note has at most " + LONGEST_NOTE + " characters, and no NUL");
        }
        return note;
    }
}
