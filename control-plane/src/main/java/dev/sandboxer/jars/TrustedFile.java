package dev.sandboxer.jars;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** Checks that only we or root can have written a file, since its code runs with all our rights. */
final class TrustedFile {
    static final long MAX_BYTES = 256L << 20;

    private static final Path OWN_PROCESS = Path.of("/proc/self");
    private static final int FILE_TYPE = 0170000;
    private static final int REGULAR = 0100000;
    private static final int DIRECTORY = 0040000;
    private static final int SYMLINK = 0120000;
    private static final int WRITABLE_BY_OTHERS = 0022;

    private TrustedFile() {}

    static void checkJar(Path directory, Path jar) throws RefusedException {
        check(directory, DIRECTORY, false);
        check(jar, REGULAR, true);
    }

    private static void check(Path path, int type, boolean bounded) throws RefusedException {
        try {
            Map<String, Object> attributes =
                    Files.readAttributes(path, "unix:mode,uid,size", LinkOption.NOFOLLOW_LINKS);
            int mode = (int) Objects.requireNonNull(attributes.get("mode"));
            int owner = (int) Objects.requireNonNull(attributes.get("uid"));
            int us = (int) Files.getAttribute(OWN_PROCESS, "unix:uid");
            if ((mode & FILE_TYPE) == SYMLINK) {
                throw new RefusedException(quoted(path) + " is a symbolic link; replace it with the file it leads to");
            }
            if ((mode & FILE_TYPE) != type) {
                throw new RefusedException(quoted(path) + " is not a "
                        + (type == DIRECTORY ? "directory" : "regular file") + "; remove it");
            }
            if (owner != us && owner != 0) {
                throw new RefusedException(quoted(path) + " belongs to user id " + owner + ", but sandboxer runs as "
                        + us + "; copy it as the user who runs sandboxer");
            }
            if ((mode & WRITABLE_BY_OTHERS) != 0) {
                throw new RefusedException(
                        quoted(path) + " can be changed by other users; run: chmod go-w " + quoted(path));
            }
            if (bounded && (long) Objects.requireNonNull(attributes.get("size")) > MAX_BYTES) {
                throw new RefusedException("it has more than " + (MAX_BYTES >> 20) + " MiB; replace or remove it");
            }
        } catch (IOException e) {
            throw new RefusedException(quoted(path) + " can't be checked: " + e.getMessage());
        }
    }

    private static String quoted(Path path) {
        return "'" + path + "'";
    }
}
