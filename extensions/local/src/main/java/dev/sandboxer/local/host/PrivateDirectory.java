package dev.sandboxer.local.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Creates directories that only their owner may enter. */
public final class PrivateDirectory {
    private static final FileAttribute<Set<PosixFilePermission>> OWNER_ONLY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    private PrivateDirectory() {}

    /**
     * Creates a directory that must not exist yet.
     *
     * @throws java.nio.file.FileAlreadyExistsException when it exists
     */
    public static Path create(Path directory) throws IOException {
        return Files.createDirectory(directory, OWNER_ONLY);
    }

    /** Creates a directory and its parents, unless they exist. */
    public static Path createAll(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(directory, OWNER_ONLY);
        }
        return directory;
    }
}
