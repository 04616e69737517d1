package dev.sandboxer.local.disk;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/**
 * Copies a directory tree with its permissions. Links are copied as links. The only special files that the tree may contain are the
 * whiteouts of {@link HiddenFiles}.
 *
 * @param keepOwners false makes the caller the owner of all files
 */
record TreeCopy(Path source, Path target, boolean keepOwners) {
    void run() throws IOException {
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes basic) throws IOException {
                copy(directory);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes basic) throws IOException {
                if (basic.isOther()) {
                    HiddenFiles.hide(target.resolve(source.relativize(file)));
                } else {
                    copy(file);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private void copy(Path from) throws IOException {
        var to = target.resolve(source.relativize(from));
        Files.copy(from, to, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.REPLACE_EXISTING);
        if (keepOwners) {
            copyAttribute("unix:uid", from, to);
            copyAttribute("unix:gid", from, to);
        }
        if (!Files.isSymbolicLink(from)) {
            // after the owner, because a change of owner clears set-uid bits
            Files.setAttribute(to, "unix:mode", (Integer) attribute("unix:mode", from) & 0_7777);
        }
    }

    private static void copyAttribute(String name, Path from, Path to) throws IOException {
        Files.setAttribute(to, name, attribute(name, from), LinkOption.NOFOLLOW_LINKS);
    }

    private static Object attribute(String name, Path file) throws IOException {
        return Objects.requireNonNull(Files.getAttribute(file, name, LinkOption.NOFOLLOW_LINKS));
    }
}
