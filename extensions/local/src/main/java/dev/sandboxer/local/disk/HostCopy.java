package dev.sandboxer.local.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;
import java.util.regex.Pattern;

/** Copies parts of the host's {@code /etc}, without files that may be secret. */
final class HostCopy {
    /** apt keeps passwords here, in separate files or in the URLs of servers. */
    private static final Path APT = Path.of("/etc/apt");

    private static final Pattern PASSWORD = Pattern.compile("://[^/\\s]*@|password", Pattern.CASE_INSENSITIVE);

    private HostCopy() {}

    /** Copies a file or tree, without files that are not readable for everybody on the host. Does nothing if it does not exist. */
    static void copy(Path source, Path target) throws IOException {
        if (!Files.exists(source, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Files.createDirectories(Objects.requireNonNull(target.getParent()));
        Files.walkFileTree(source, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
                    throws IOException {
                if (!isReadableByAll(directory)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                Files.createDirectories(target.resolve(source.relativize(directory)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                var link = attributes.isSymbolicLink();
                if (link
                        || attributes.isRegularFile()
                                && isReadableByAll(file)
                                && !(file.startsWith(APT) && hasPassword(file))) {
                    var copy = file.equals(source) ? target : target.resolve(source.relativize(file));
                    Files.copy(file, copy, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.REPLACE_EXISTING);
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }

    private static boolean isReadableByAll(Path file) throws IOException {
        return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ);
    }

    static boolean hasPassword(Path file) throws IOException {
        return PASSWORD.matcher(Files.readString(file, StandardCharsets.ISO_8859_1))
                .find();
    }
}
