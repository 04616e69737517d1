package dev.sandboxer.cli.sandboxes.copy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.session.FileType;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.session.WriteOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Copies local files into a sandbox by the rules of {@code docker cp}. Methods return a message for each file that was left out. */
final class CopyIn {
    private final SandboxFiles files;
    private final SandboxShell shell;
    private final @Nullable String user;
    private final CopyProgress progress;
    private final List<String> left = new ArrayList<>();
    private final SandboxAttributes attributes = new SandboxAttributes();

    /** Targets of files with several names, by file key. */
    private final Map<Object, String> linked = new HashMap<>();

    CopyIn(Session session, @Nullable String user, CopyProgress progress) {
        this.files = session.files();
        this.shell = new SandboxShell(session.processes());
        this.user = user;
        this.progress = progress;
    }

    List<String> stream(InputStream source, String target) throws IOException {
        files.write(target, new WriteOptions(user, null, null), progress.counting(source));
        return List.of();
    }

    List<String> path(String source, String target) throws IOException {
        var path = Path.of(source);
        var isDirectory = Files.isDirectory(path);
        if (!isDirectory && CopyLocation.isDirectory(source) && Files.exists(path)) {
            throw refused(source + " is not a directory");
        }
        var goal = goal(source, isDirectory, target);
        if (isDirectory) {
            directory(path, goal);
        } else {
            file(path, goal);
        }
        for (var link : attributes.apply(shell)) {
            content(link.source(), link.target());
        }
        return left;
    }

    /** Returns the path in the sandbox that the source is copied to. */
    private String goal(String source, boolean isDirectory, String target) {
        var there = typeOf(target);
        if (there == FileType.DIRECTORY) {
            var name = Path.of(source).toAbsolutePath().normalize().getFileName();
            return CopyLocation.isContent(source) || name == null ? target : below(target, name.toString());
        }
        if (there == null && !isDirectory && target.endsWith("/")) {
            throw refused("there is no directory " + target + " in the sandbox");
        }
        if (there != null && (isDirectory || target.endsWith("/"))) {
            throw refused(target + " is not a directory");
        }
        return isDirectory ? target.replaceFirst("(?<=[^/])/+$", "") : target;
    }

    /** Returns the type of an existing target, links followed; null = nothing exists. */
    private @Nullable FileType typeOf(String target) {
        try {
            return files.stat(target, user).targetType();
        } catch (OperationException e) {
            if (e.reason() == Reason.NOT_FOUND) {
                return null;
            }
            if (e.reason() == Reason.NOT_A_DIRECTORY) {
                throw refused(target + " is not a directory");
            }
            throw e;
        }
    }

    private static SandboxException refused(String text) {
        return new SandboxException(ErrorCode.FILE_REFUSED, text);
    }

    /** Copies a directory. A link that the user named is followed; links inside the directory stay links. */
    private void directory(Path source, String goal) throws IOException {
        var root = Files.isSymbolicLink(source) ? source.toRealPath() : source;
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            private final Deque<String> made = new ArrayDeque<>();

            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                if (!isText(directory, directory)) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                made.push(makeDirectory(inside(directory)));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!isText(file, file)) {
                    return FileVisitResult.CONTINUE;
                }
                if (attributes.isSymbolicLink()) {
                    link(file, inside(file));
                } else {
                    file(file, inside(file));
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                CopyIn.this.attributes.time(made.pop(), Files.getLastModifiedTime(directory));
                return super.postVisitDirectory(directory, e);
            }

            private String inside(Path path) {
                return below(goal, root.relativize(path).toString());
            }
        });
    }

    /** Creates a directory unless it exists and returns its absolute path. */
    private String makeDirectory(String path) {
        try {
            return files.makeDirectory(path, user).path();
        } catch (OperationException e) {
            if (e.reason() != Reason.ALREADY_EXISTS) {
                throw e;
            }
            if (typeOf(path) != FileType.DIRECTORY) {
                throw refused(path + " is not a directory; a directory can't replace it");
            }
            return files.stat(path, user).path();
        }
    }

    private void link(Path source, String target) throws IOException {
        var text = Files.readSymbolicLink(source);
        if (isText(text, source)) {
            makeRoom(target);
            var made = files.makeSymlink(text.toString(), target, user);
            attributes.time(made.path(), Files.getLastModifiedTime(source, LinkOption.NOFOLLOW_LINKS));
        }
    }

    /** Removes a file or link at the target. Refuses a directory, because its content would be lost. */
    private void makeRoom(String target) {
        try {
            if (files.stat(target, user).type() == FileType.DIRECTORY) {
                throw new OperationException(
                        Reason.IS_A_DIRECTORY, target + " is a directory; a link can't replace it");
            }
        } catch (OperationException e) {
            if (e.reason() == Reason.NOT_FOUND) {
                return;
            }
            throw e;
        }
        files.remove(target, user);
    }

    /** Returns true if the name can be copied. A name that is not valid text would arrive changed, so its file is left out. */
    private boolean isText(Path path, Path source) {
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

    /** Copies a regular file. Others are left out: reading a pipe would hang, and a device has no content of its own. */
    private void file(Path source, String target) throws IOException {
        if (!Files.isRegularFile(source)) {
            if (!Files.exists(source)) {
                throw new NoSuchFileException(source.toString());
            }
            left.add("left out " + source + ": not a regular file");
            return;
        }
        var names = Files.getAttribute(source, "unix:nlink") instanceof Integer count ? count : 1;
        var key = names == 1
                ? null
                : Files.readAttributes(source, BasicFileAttributes.class).fileKey();
        var first = key == null ? null : linked.get(key);
        if (first != null) {
            attributes.link(new SandboxAttributes.Link(source, first, absolute(target)));
            return;
        }
        var path = content(source, target);
        if (key != null) {
            linked.put(key, path);
        }
        attributes.time(path, Files.getLastModifiedTime(source));
    }

    /** Returns the absolute path of a target that may not exist yet; its directory exists. */
    private String absolute(String target) {
        var slash = target.lastIndexOf('/');
        return target.startsWith("/") || slash <= 0
                ? target
                : below(files.stat(target.substring(0, slash), user).path(), target.substring(slash + 1));
    }

    /** Copies the content of a file and returns the absolute path of the copy. */
    private String content(Path source, String target) throws IOException {
        var mode = Files.getAttribute(source, "unix:mode") instanceof Integer bits ? bits & 0_777 : null;
        var options = new WriteOptions(user, mode, null);
        var parts = ZeroRuns.parts(source);
        if (parts != null) {
            var path =
                    files.write(target, options, InputStream.nullInputStream()).path();
            if (new SparseIn(shell, progress).write(source, parts, path)) {
                progress.file();
                return path;
            }
        }
        try (var content = Files.newInputStream(source)) {
            var path = files.write(target, options, progress.counting(content)).path();
            progress.file();
            return path;
        }
    }

    private static String below(String directory, String name) {
        return name.isEmpty() ? directory : directory.endsWith("/") ? directory + name : directory + "/" + name;
    }
}
