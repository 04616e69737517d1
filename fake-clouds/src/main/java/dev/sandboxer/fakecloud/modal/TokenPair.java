package dev.sandboxer.fakecloud.modal;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.util.regex.Pattern;

/** A Modal token: an id and a secret. */
public record TokenPair(String id, String secret) {
    private static final Pattern PART = Pattern.compile("[A-Za-z0-9_-]{1,100}");

    public TokenPair {
        if (!PART.matcher(id).matches() || !PART.matcher(secret).matches()) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT,
                    "a token is ID:SECRET, both of letters, digits, - and _, such as ak-rehearsal:as-rehearsal");
        }
    }

    /**
     * Reads {@code ID:SECRET}.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} for any other form
     */
    public static TokenPair parse(String text) {
        var colon = text.indexOf(':');
        return new TokenPair(text.substring(0, Math.max(colon, 0)), text.substring(colon + 1));
    }

    /** Returns {@code ID:SECRET}, as {@link #parse} reads it. */
    public String text() {
        return id + ":" + secret;
    }

    /** Returns the id without the secret. */
    @Override
    public String toString() {
        return "TokenPair[" + id + "]";
    }
}
