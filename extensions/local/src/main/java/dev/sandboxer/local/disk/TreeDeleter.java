package dev.sandboxer.local.disk;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.UUID;

/**
 * Deletes directory trees that a hostile sandbox may have filled. Links are not followed, missing permissions are added first, and no
 * tree is too deep: directories deeper than {@link #MAX_DEPTH} are moved up and deleted from there. So no path gets too long, and a deep
 * tree needs no more descriptors or stack.
 */
public final class TreeDeleter {
    private static final int ATTEMPTS = 4;

    private static final Set<PosixFilePermission> OPEN = PosixFilePermissions.fromString("rwx------");

    /** With names of 255 bytes, a path of this depth is still shorter than the limit of 4096 bytes. */
    private static final int MAX_DEPTH = 12;

    private final Path top;

    private TreeDeleter(Path top) {
        this.top = top;
    }

    /**
     * Deletes a file, or a directory with everything in it. Does nothing if it does not exist. Files that others create in it
     * meanwhile, such as the lock file of a late operation, are deleted too.
     */
    public static void delete(Path path) throws IOException {
        for (int attempt = 1; attempt < ATTEMPTS; attempt++) {
            try {
                deleteOnce(path);
                return;
            } catch (DirectoryNotEmptyException e) {
                // a file was added meanwhile
            }
        }
        deleteOnce(path);
    }

    private static void deleteOnce(Path path) throws IOException {
        try {
            if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
                new TreeDeleter(path).empty();
            }
            Files.deleteIfExists(path);
        } catch (NoSuchFileException e) {
            // another process has deleted it
        }
    }

    private void empty() throws IOException {
        var again = true;
        while (again) {
            try (var stream = secure(Files.newDirectoryStream(top))) {
                again = deleteAll(stream, top, stream, 1);
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }
    }

    /**
     * Deletes the entries of one directory.
     *
     * @param upper the top directory; subtrees that are too deep are moved to it
     * @return true if subtrees were moved, so the top has to be emptied again
     */
    private static boolean deleteAll(
            SecureDirectoryStream<Path> stream, Path path, SecureDirectoryStream<Path> upper, int depth)
            throws IOException {
        var moved = false;
        for (Path entry : stream) {
            try {
                moved |= delete(stream, path.resolve(entry.getFileName()), upper, depth);
            } catch (NoSuchFileException e) {
                // another process has deleted it
            }
        }
        return moved;
    }

    private static boolean delete(
            SecureDirectoryStream<Path> stream, Path path, SecureDirectoryStream<Path> upper, int depth)
            throws IOException {
        var name = path.getFileName();
        if (!openDirectory(stream, path)) {
            stream.deleteFile(name);
            return false;
        }
        if (depth == MAX_DEPTH) {
            stream.move(name, upper, Path.of("moved-" + UUID.randomUUID()));
            return true;
        }
        boolean moved;
        try (var inner = stream.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
            moved = deleteAll(inner, path, upper, depth + 1);
        }
        stream.deleteDirectory(name);
        return moved;
    }

    /**
     * Gives a directory the permissions that deleting needs. The permissions are changed by path, because a directory without read
     * permission can't be opened. That is safe: no process is left that could replace the directory by a link.
     *
     * @return false if it is no directory
     */
    private static boolean openDirectory(SecureDirectoryStream<Path> stream, Path path) throws IOException {
        var attributes = stream.getFileAttributeView(
                        path.getFileName(), PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes();
        if (attributes.isDirectory() && !attributes.permissions().containsAll(OPEN)) {
            Files.setPosixFilePermissions(path, OPEN);
        }
        return attributes.isDirectory();
    }

    private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream) throws IOException {
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        stream.close();
        throw new IOException("this system can't open directories by descriptor");
    }
}
