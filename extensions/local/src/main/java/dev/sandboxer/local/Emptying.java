package dev.sandboxer.local;

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
 * Takes everything out of a directory, by its handle. A directory in one of its directories is first moved up beside that:
 * so no path gets too long, and a tree's depth costs neither descriptors nor a stack.
 */
record Emptying(Path top) {
    private static final Set<PosixFilePermission> OPEN = PosixFilePermissions.fromString("rwx------");

    void run() throws IOException {
        var again = true;
        while (again) {
            again = pass();
        }
    }

    /** @return whether there may be more, since something was moved up */
    private boolean pass() throws IOException {
        var moved = false;
        try (var stream = secure(Files.newDirectoryStream(top))) {
            for (Path entry : stream) {
                moved |= remove(stream, entry.getFileName());
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return moved;
    }

    private boolean remove(SecureDirectoryStream<Path> stream, Path name) throws IOException {
        try {
            if (!makeOpen(stream, top, name)) {
                stream.deleteFile(name);
                return false;
            }
            var moved = false;
            try (var inner = stream.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                for (Path entry : inner) {
                    moved |= takeOut(inner, entry.getFileName(), stream, top.resolve(name));
                }
            }
            stream.deleteDirectory(name);
            return moved;
        } catch (NoSuchFileException e) {
            return false; // somebody was faster
        }
    }

    /** Deletes a file, or moves a directory up. */
    private static boolean takeOut(
            SecureDirectoryStream<Path> stream, Path name, SecureDirectoryStream<Path> upper, Path directory)
            throws IOException {
        try {
            if (makeOpen(stream, directory, name)) {
                stream.move(name, upper, Path.of("moved-" + UUID.randomUUID()));
                return true;
            }
            stream.deleteFile(name);
        } catch (NoSuchFileException e) {
            // somebody was faster
        }
        return false;
    }

    /**
     * By its path, as a directory that can't be read can't be opened to change that. Nobody is left who could put a link in
     * its place.
     *
     * @return whether it is a directory
     */
    private static boolean makeOpen(SecureDirectoryStream<Path> stream, Path directory, Path name) throws IOException {
        var attributes = stream.getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes();
        if (attributes.isDirectory() && !attributes.permissions().containsAll(OPEN)) {
            Files.setPosixFilePermissions(directory.resolve(name), OPEN);
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
