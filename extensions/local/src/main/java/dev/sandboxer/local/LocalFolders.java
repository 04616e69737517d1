package dev.sandboxer.local;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** Directories that only we may enter, and their end. */
final class LocalFolders {
    private static final int REMOVALS = 4;

    private LocalFolders() {}

    /** Makes it with its parents, closed to everybody else. */
    static Path privateDirectory(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            Files.createDirectories(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
        return directory;
    }

    /**
     * Removes a directory whose content may be a dead sandbox's: links are not followed, directories without
     * permissions are opened first. What others make in it meanwhile, such as the lock of an operation that comes too
     * late, is removed with it.
     */
    static void removeTree(Path directory) throws IOException {
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
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) throws IOException {
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                    if (failure instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
                    removeTree(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path dir, @Nullable IOException failure) throws IOException {
                    if (failure != null) {
                        throw failure;
                    }
                    Files.deleteIfExists(dir);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (NoSuchFileException absent) {
            // somebody was faster
        }
    }
}
