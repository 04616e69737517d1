package dev.sandboxer.extension;

import java.util.regex.Pattern;

/**
 * A unique name, never reused, for one attempt to create one sandbox. The backend stores it.
 *
 * @param installation id of the installation, {@code [a-z0-9]{1,40}}
 * @param sandbox id of the sandbox, {@code [a-z0-9]{1,40}}
 * @param attempt 1 to 999999
 */
public record SandboxTag(String installation, String sandbox, int attempt) {
    private static final int MAX_ATTEMPTS = 999_999;
    private static final Pattern PART = Pattern.compile("[a-z0-9]{1,40}");
    private static final Pattern FORM = Pattern.compile("([a-z0-9]{1,40})-([a-z0-9]{1,40})-([1-9][0-9]{0,5})");

    /** Checks the components. */
    public SandboxTag {
        if (!PART.matcher(installation).matches()
                || !PART.matcher(sandbox).matches()
                || attempt < 1
                || attempt > MAX_ATTEMPTS) {
            throw new IllegalArgumentException("not a tag: " + installation + "-" + sandbox + "-" + attempt);
        }
    }

    /**
     * Parses the form that {@link #toString()} returns.
     *
     * @param text the text to parse
     * @return the tag
     * @throws IllegalArgumentException when the text has another form
     */
    public static SandboxTag parse(String text) {
        var match = FORM.matcher(text);
        if (!match.matches()) {
            throw new IllegalArgumentException("not a tag: " + text);
        }
        return new SandboxTag(match.group(1), match.group(2), Integer.parseInt(match.group(3)));
    }

    /** {@return the tag as {@code <installation>-<sandbox>-<attempt>}} */
    @Override
    public String toString() {
        return installation + "-" + sandbox + "-" + attempt;
    }
}
