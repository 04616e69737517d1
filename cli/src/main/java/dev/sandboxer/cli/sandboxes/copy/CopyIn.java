package dev.sandboxer.cli.sandboxes.copy;

import dev.sandboxer.extension.session.FileType;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.extension.session.WriteOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Copies local files into a sandbox. Its methods return a message for each file that was left out. */
record CopyIn(SandboxFiles files, @Nullable String user, CopyProgress progress) {
    List<String> stream(InputStream source, String target) throws IOException {
        files.write(target, new WriteOptions(user, null, null), progress.counting(source));
        return List.of();
    }

    List<String> path(Path source, String target) throws IOException {
        var left = new ArrayList<String>();
        var name = source.toAbsolutePath().normalize().getFileName();
        var goal = target.endsWith("/") || isDirectory(target)
                ? below(target, name == null ? "" : name.toString())
                : target;
        if (!Files.isDirectory(source)) {
            file(source, goal, left);
            return left;
        }
        // a link that the user named is followed; links inside the directory stay links
        var root = Files.isSymbolicLink(source) ? source.toRealPath() : source;
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                if (!isText(directory, directory, left)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                makeDirectory(inside(directory));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!isText(file, file, left)) {
                    return FileVisitResult.CONTINUE;
                }
                if (attributes.isSymbolicLink()) {
                    link(file, inside(file), left);
                } else {
                    file(file, inside(file), left);
                }
                return FileVisitResult.CONTINUE;
            }

            private String inside(Path path) {
                return below(goal, root.relativize(path).toString());
            }
        });
        return left;
    }

    private boolean isDirectory(String target) {
        try {
            return files.stat(target, user).targetType() == FileType.DIRECTORY;
        } catch (OperationException e) {
            return false;
        }
    }

    private void makeDirectory(String path) {
        try {
            files.makeDirectory(path, user);
        } catch (OperationException e) {
            if (e.reason() != Reason.ALREADY_EXISTS) {
                throw e;
            }
        }
    }

    private void link(Path source, String target, List<String> left) throws IOException {
        var text = Files.readSymbolicLink(source);
        if (isText(text, source, left)) {
            makeRoom(target);
            files.makeSymlink(text.toString(), target, user);
        }
    }

    /** Removes a file or link at the target; refuses a directory, since all that is in it would be lost. */
    private void makeRoom(String target) {
        try {
            if (files.stat(target, user).type() == FileType.DIRECTORY) {
                throw new OperationException(
                        Reason.IS_A_DIRECTORY, target + " is a directory; a link does not replace it");
            }
        } catch (OperationException e) {
            if (e.reason() == Reason.NOT_FOUND) {
                return;
            }
            throw e;
        }
        files.remove(target, user);
    }

    /** Leaves out a name that is not text here: its bytes would arrive changed, and two such names as one. */
    private static boolean isText(Path path, Path source, List<String> left) {
        try {
            if (Path.of(path.toString()).equals(path)) {
                return true;
            }
        } catch (InvalidPathException e) {
            // not text either
        }
        left.add("left out " + source + ": a name that is not UTF-8");
        return false;
    }

    /** Copies regular files only: a pipe would hang, and a device is not a file. */
    private void file(Path source, String target, List<String> left) throws IOException {
        if (!Files.isRegularFile(source)) {
            if (!Files.exists(source)) {
                throw new NoSuchFileException(source.toString());
            }
            left.add("left out " + source + ": not a regular file");
            return;
        }
        var mode = Files.getAttribute(source, "unix:mode") instanceof Integer bits ? bits & 0_777 : null;
        try (var content = Files.newInputStream(source)) {
            files.write(target, new WriteOptions(user, mode, null), progress.counting(content));
        }
        progress.file();
    }

    private static String below(String directory, String name) {
        return name.isEmpty() ? directory : directory.endsWith("/") ? directory + name : directory + "/" + name;
    }
}
