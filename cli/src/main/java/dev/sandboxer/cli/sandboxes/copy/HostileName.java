package dev.sandboxer.cli.sandboxes.copy;

import java.io.Serial;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Checks names and links that come out of a sandbox. */
final class HostileName {
    private HostileName() {}

    /** The name can't be used for a local file. */
    static final class Refused extends RuntimeException {
        @Serial
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }

    /**
     * Returns the name if it is one plain file name.
     *
     * @throws Refused when it is not
     */
    static String check(String name) {
        if (name.isEmpty()
                || name.equals(".")
                || name.equals("..")
                || name.indexOf('/') >= 0
                || name.indexOf('\0') >= 0) {
            throw new Refused("not a file name");
        }
        if (name.indexOf('\uFFFD') >= 0) {
            throw new Refused("a name that is not UTF-8");
        }
        try {
            if (Path.of(name).getNameCount() != 1) {
                throw new Refused("not a file name");
            }
        } catch (InvalidPathException e) {
            throw new Refused("a name that this host can't store");
        }
        return name;
    }

    /**
     * Returns true if a link at {@code link} with this text stays below the root. {@code ..} is accepted only at the start, where it climbs
     * directories that this copy has created. After a name, it could climb out of the target of another link.
     */
    static boolean staysBelow(Path root, Path link, String text) {
        if (text.startsWith("/") || text.isEmpty() || text.indexOf('\0') >= 0 || text.indexOf('\uFFFD') >= 0) {
            return false;
        }
        var climb = link.getNameCount() - root.getNameCount() - 1;
        var descending = false;
        for (String step : text.split("/")) {
            if (step.equals("..")) {
                if (descending || --climb < 0) {
                    return false;
                }
            } else if (!step.isEmpty() && !step.equals(".")) {
                descending = true;
            }
        }
        return true;
    }
}
