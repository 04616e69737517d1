package dev.sandboxer.capabilities;

import java.util.regex.Pattern;

/**
 * A test.
 *
 * @param module its directory, such as {@code extensions/local}
 * @param test the simple name of its class, which is the only one of that name in its module; in {@code conformance} that of its
 *     file, without {@code .test.mjs}
 */
public record Evidence(String module, String test) {
    private static final Pattern FORM = Pattern.compile("([a-z0-9/-]+):([A-Za-z0-9-]+)");

    /**
     * Reads {@link #toString()} back.
     *
     * @throws IllegalArgumentException when it has another form
     */
    static Evidence parse(String text) {
        var match = FORM.matcher(text);
        if (!match.matches()) {
            throw new IllegalArgumentException("not a test: \"" + text + "\" (expected MODULE:TEST)");
        }
        return new Evidence(match.group(1), match.group(2));
    }

    @Override
    public String toString() {
        return module + ":" + test;
    }
}
