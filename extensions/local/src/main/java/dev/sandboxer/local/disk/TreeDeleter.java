package dev.sandboxer.local.disk;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
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
 * Takes everything out of a directory, by its handle. What lies too deep in it is moved up and removed from there: so no path
 * gets too long, and a tree's depth costs neither descriptors nor a stack.
 */
record TreeDeleter(Path top) {
    private static final Set<PosixFilePermission> OPEN = PosixFilePermissions.fromString("rwx------");

    /** With names of 255 bytes its path is still one. */
    private static final int DEEPEST = 12;

    void run() throws IOException {
        var again = true;
        while (again) {
            try (var stream = secure(Files.newDirectoryStream(top))) {
                again = removeAll(stream, top, stream, 1);
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }
    }

    /** @return whether there is more, since something was moved up */
    private static boolean removeAll(
            SecureDirectoryStream<Path> stream, Path path, SecureDirectoryStream<Path> upper, int depth)
            throws IOException {
        var moved = false;
        for (Path entry : stream) {
            try {
                moved |= remove(stream, path.resolve(entry.getFileName()), upper, depth);
            } catch (NoSuchFileException e) {
                // somebody was faster
            }
        }
        return moved;
    }

    private static boolean remove(
            SecureDirectoryStream<Path> stream, Path path, SecureDirectoryStream<Path> upper, int depth)
            throws IOException {
        var name = path.getFileName();
        if (!makeOpen(stream, path)) {
            stream.deleteFile(name);
            return false;
        }
        if (depth == DEEPEST) {
            stream.move(name, upper, Path.of("moved-" + UUID.randomUUID()));
            return true;
        }
        boolean moved;
        try (var inner = stream.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
            moved = removeAll(inner, path, upper, depth + 1);
        }
        stream.deleteDirectory(name);
        return moved;
    }

    /**
     * By its path, as a directory that can't be read can't be opened to change that. Nobody is left who could put a link in
     * its place.
     *
     * @return whether it is a directory
     */
    private static boolean makeOpen(SecureDirectoryStream<Path> stream, Path path) throws IOException {
        var attributes = stream.getFileAttributeView(
                        path.getFileName(), PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes();
        if (attributes.isDirectory() && !attributes.permissions().containsAll(OPEN)) {
            Files.setPosixFilePermissions(path, OPEN);
        }
        return attributes.isDirectory();
    }

    private static SecureDirectoryStream<Path> secure(java.nio.file.DirectoryStream<Path> stream) throws IOException {
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        stream.close();
        throw new IOException("this system has no handles of directories");
    }
}
