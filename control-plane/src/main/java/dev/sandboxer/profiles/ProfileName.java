package dev.sandboxer.profiles;

import java.util.Collection;
import java.util.regex.Pattern;

/** The name of a profile, {@code profile.<name>}. */
public record ProfileName(String value) implements Comparable<ProfileName> {
    static final String PREFIX = "profile.";
    private static final Pattern FORM = Pattern.compile("profile\\.[a-z0-9][a-z0-9-]{0,40}");

    public ProfileName {
        if (!FORM.matcher(value).matches()) {
            throw new IllegalArgumentException("not a profile's name: " + Spelling.quoted(value)
                    + " (expected profile.<name> with lower-case letters, digits and dashes)");
        }
    }

    /** Parses a name that a user typed: {@code base} means {@code profile.base}. */
    public static ProfileName parse(String text) {
        return new ProfileName(withPrefix(text));
    }

    /** Returns true if the text names this profile, with or without {@code profile.}. */
    public boolean matches(String text) {
        return value.equals(withPrefix(text));
    }

    /** Returns the name without {@code profile.}. */
    public String alias() {
        return value.substring(PREFIX.length());
    }

    /** Returns the names as one text, such as {@code profile.base, profile.ci}. */
    public static String list(Collection<ProfileName> names) {
        return String.join(", ", names.stream().map(ProfileName::value).toList());
    }

    /** Adds the prefix to a name that a user typed, if it is missing. Does not check the form. */
    public static String withPrefix(String text) {
        return text.startsWith(PREFIX) ? text : PREFIX + text;
    }

    @Override
    public int compareTo(ProfileName other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
