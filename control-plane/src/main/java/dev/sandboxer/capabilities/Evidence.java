package dev.sandboxer.capabilities;

import java.util.regex.Pattern;

/**
 * A test that proves a capability.
 *
 * @param module the module's directory, such as {@code extensions/local}
 * @param test the simple name of the test class, unique in its module; in {@code conformance} the file below {@code test},
 *     without {@code .test.mjs}
 */
public record Evidence(String module, String test) {
    private static final Pattern FORM = Pattern.compile("([a-z0-9/-]+):([A-Za-z0-9/-]+)");

    /**
     * Reads the form that {@link #toString()} writes.
     *
     * @throws IllegalArgumentException when the text has another form
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
