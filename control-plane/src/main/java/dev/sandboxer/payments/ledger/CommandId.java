package dev.sandboxer.payments.ledger;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.util.UUID;
import java.util.regex.Pattern;

/** The ids and notes that operators give to ledger commands. */
public final class CommandId {
    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:-]{0,99}");
    private static final int MAX_NOTE_LENGTH = 500;

    private CommandId() {}

    /** Returns a new random id. */
    public static String random() {
        return Long.toHexString(UUID.randomUUID().getLeastSignificantBits());
    }

    /**
     * Checks the form of an id, and returns the id.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} if the form is wrong
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
     * Checks a note, and returns it.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} if the note has more than 500 characters, or a NUL
     */
    public static String requireNote(String note) {
        if (note.length() > MAX_NOTE_LENGTH || note.indexOf('\0') >= 0) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT, "a note has at most " + MAX_NOTE_LENGTH + " characters, and no NUL");
        }
        return note;
    }
}
