package dev.sandboxer.cli.sandboxes.copy;

import java.util.regex.Pattern;

/**
 * One end of a copy: {@code SANDBOX:PATH} is in a sandbox, anything else is local. A local name of that form needs {@code ./} in
 * front.
 *
 * @param sandbox empty for a local path
 * @param path in a sandbox {@code ~} for the home: an empty path would become the root once a name is appended
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

    /** Returns true if the path means the content of a directory, not the directory itself: {@code dir/.} */
    static boolean isContent(String path) {
        return path.equals(".") || path.endsWith("/.");
    }

    /** Returns true if the path can only be a directory's. */
    static boolean isDirectory(String path) {
        return isContent(path) || path.endsWith("/");
    }

    /** Returns the last part of a path in a sandbox; empty for a home or the root. */
    static String name(String path) {
        var end = path.length();
        while (end > 0 && path.charAt(end - 1) == '/') {
            end--;
        }
        var name = path.substring(path.lastIndexOf('/', end - 1) + 1, end);
        return name.equals("~") || name.equals(".") || name.equals("..") ? "" : name;
    }
}
