package dev.sandboxer.extension;

import java.util.regex.Pattern;

/**
 * The id of an extension.
 *
 * @param value {@code ext.<name>}, where the name has at most 41 lower-case letters, digits and dashes and begins with a letter
 */
public record ExtensionId(String value) implements Comparable<ExtensionId> {
    private static final Pattern FORM = Pattern.compile("ext\\.[a-z][a-z0-9-]{0,40}");

    /** Checks the form. */
    public ExtensionId {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("not an extension id: \"" + value
                    + "\" (expected ext.<name> with lower-case letters, digits and dashes)");
        }
    }

    @Override
    public int compareTo(ExtensionId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
