package dev.sandboxer.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Closes a home and our files in it to other users, since a person may have created them by hand. */
public final class HomePermissions {
    private static final Set<PosixFilePermission> OWN_DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OWN_FILE = PosixFilePermissions.fromString("rw-------");
    private static final int OTHERS = 0077;
    private static final int FILE_TYPE = 0170000;
    private static final int DIRECTORY = 0040000;
    private static final int FILE = 0100000;

    /** Prefixes of the names of our files; databases and locks add files with longer names. */
    private static final List<String> FILES = List.of(
            "sandboxer.db", "config.yaml", "rates.yaml", "master-key.json", "token.key", "fingerprint.key", "host.id");

    private HomePermissions() {}

    /** Removes other users' rights from a home and our files in it. A user's own home directory keeps its own rights. */
    static void mend(Path home) {
        if (!home.equals(Path.of(System.getProperty("user.home", "")))) {
            restrictFile(home);
        }
        try (var entries = Files.newDirectoryStream(home, HomePermissions::isOurs)) {
            entries.forEach(HomePermissions::restrictFile);
        } catch (IOException e) {
            // the next command that uses the home reports the reason
        }
    }

    private static boolean isOurs(Path entry) {
        var name = entry.getFileName().toString();
        return FILES.stream().anyMatch(name::startsWith);
    }

    /** Removes other users' rights from a file or directory, if it exists and is ours. Follows no link. */
    public static void restrictFile(Path path) {
        try {
            var mode = (int) Objects.requireNonNull(Files.getAttribute(path, "unix:mode", LinkOption.NOFOLLOW_LINKS));
            if ((mode & OTHERS) == 0) {
                return;
            }
            switch (mode & FILE_TYPE) {
                case DIRECTORY -> Files.setPosixFilePermissions(path, OWN_DIRECTORY);
                case FILE -> Files.setPosixFilePermissions(path, OWN_FILE);
                default -> {}
            }
        } catch (IOException e) {
            // it does not exist, or belongs to another user
        }
    }
}
