package dev.sandboxer.cli.sandboxes.copy;

import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * One end of a copy: {@code SANDBOX:PATH} inside, anything else is ours. A local name with such a beginning is written with
 * {@code ./} in front.
 *
 * @param sandbox empty for ours
 * @param path inside, {@code ~} for the home: an empty one would become the root as soon as a name is put behind it
 */
record CopyLocation(String sandbox, String path) {
    private static final Pattern INSIDE = Pattern.compile("([a-z0-9]{1,40}):(.*)", Pattern.DOTALL);

    static CopyLocation parse(String text) {
        var match = INSIDE.matcher(text);
        if (!match.matches()) {
            return new CopyLocation("", text);
        }
        return new CopyLocation(match.group(1), match.group(2).isEmpty() ? "~" : match.group(2));
    }

    boolean inside() {
        return !sandbox.isEmpty();
    }

    boolean isStream() {
        return !inside() && path.equals("-");
    }

    Path local() {
        return Path.of(path);
    }

    /** The last part of a path inside; empty for a home or a root. */
    static String name(String path) {
        var end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        var name = path.substring(path.lastIndexOf('/', end - 1) + 1, end);
        return name.equals("~") || name.equals(".") || name.equals("..") ? "" : name;
    }
}
