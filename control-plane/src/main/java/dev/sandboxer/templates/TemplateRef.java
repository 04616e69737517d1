package dev.sandboxer.templates;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.profiles.Spelling;
import java.util.regex.Pattern;

/**
 * A reference to a template: {@code NAME} or {@code NAME:TAG}.
 *
 * @param tag selects a build
 */
public record TemplateRef(String name, String tag) {
    /** The tag of a reference without one. */
    public static final String DEFAULT_TAG = "default";

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,127}");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

    /**
     * Parses a reference.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT} when it is malformed
     */
    public static TemplateRef parse(String text) {
        var at = text.indexOf(':');
        var name = at < 0 ? text : text.substring(0, at);
        if (!NAME.matcher(name).matches()) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT,
                    Spelling.quoted(name)
                            + " is not a template's name (lower-case letters, digits and ._- up to 128, a letter or digit first)");
        }
        return new TemplateRef(name, at < 0 ? DEFAULT_TAG : requireTag(text.substring(at + 1)));
    }

    /** Returns true if a text has the form of a reference. The template need not exist. */
    public static boolean isPossible(String text) {
        var at = text.indexOf(':');
        return NAME.matcher(at < 0 ? text : text.substring(0, at)).matches()
                && (at < 0 || TAG.matcher(text.substring(at + 1)).matches());
    }

    /**
     * Returns a tag, or fails if it is malformed.
     *
     * @throws SandboxException {@code INVALID_ARGUMENT}
     */
    public static String requireTag(String tag) {
        if (!TAG.matcher(tag).matches()) {
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT,
                    Spelling.quoted(tag)
                            + " is not a tag (letters, digits and ._- up to 128, a letter or digit first)");
        }
        return tag;
    }
}
