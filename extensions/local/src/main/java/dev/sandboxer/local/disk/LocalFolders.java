package dev.sandboxer.local.disk;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Directories that only we may enter, and their end. */
public final class LocalFolders {
    private static final int REMOVALS = 4;

    private LocalFolders() {}

    /** Makes it with its parents, closed to everybody else. */
    public static Path privateDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        return directory;
    }

    /**
     * Removes a directory whose content may be a dead sandbox's: links are not followed, directories without permissions
     * are opened first, and none is too deep. What others make in it meanwhile, such as the lock of an operation that comes
     * too late, is removed with it. A file is removed too.
     */
    public static void removeTree(Path directory) throws IOException {
        for (int attempt = 1; attempt < REMOVALS; attempt++) {
            try {
                removeOnce(directory);
                return;
            } catch (DirectoryNotEmptyException e) {
                // once more
            }
        }
        removeOnce(directory);
    }

    private static void removeOnce(Path directory) throws IOException {
        try {
            if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                new TreeDeleter(directory).run();
            }
            Files.deleteIfExists(directory);
        } catch (NoSuchFileException absent) {
            // somebody was faster
        }
    }
}
