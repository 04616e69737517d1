package dev.sandboxer.cli.sandboxes.copy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.FileType;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.extension.session.Session;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Copies files out of a sandbox, which may be hostile: every name is checked, nothing is written through a link, links are kept
 * only if they stay inside the copied directory, and no set-uid bit survives. Methods return a message for each file that was left
 * behind.
 */
final class CopyOut {
    private final SandboxFiles files;
    private final SandboxShell shell;
    private final @Nullable String user;
    private final CopyProgress progress;

    CopyOut(Session session, @Nullable String user, CopyProgress progress) {
        this.files = session.files();
        this.shell = new SandboxShell(session.processes());
        this.user = user;
        this.progress = progress;
    }

    List<String> stream(String source, OutputStream target) throws IOException {
        try (var open = files.read(source, user, 0, Long.MAX_VALUE)) {
            progress.counting(open.content()).transferTo(target);
            target.flush();
        }
        return List.of();
    }

    List<String> path(String source, String target) throws IOException {
        var entry = files.stat(source, user);
        var isDirectory = entry.targetType() == FileType.DIRECTORY;
        if (!isDirectory && CopyLocation.isDirectory(source)) {
            throw refused(source + " is not a directory");
        }
        var goal = goal(source, isDirectory, target);
        if (!isDirectory) {
            if (entry.targetType() != FileType.FILE) {
                throw refused(source + " is neither a file nor a directory");
            }
            file(source, goal, entry);
            return List.of();
        }
        if (!Files.isDirectory(goal)) {
            Files.createDirectory(goal);
        }
        var listing = new ListingLimit();
        var state = new State(goal, listing, HardLinks.below(entry.path(), shell, listing), new ArrayList<>());
        directory(source, goal, state);
        setTime(goal, entry.modifiedAt());
        return state.left();
    }

    /** Returns the path on this host that the source is copied to. If it is a link, the link is followed, because the user named it. */
    private static Path goal(String source, boolean isDirectory, String target) {
        var path = Path.of(target);
        var name = CopyLocation.isContent(source) ? "" : CopyLocation.name(source);
        if (Files.isDirectory(path)) {
            return name.isEmpty() ? path : path.resolve(HostileName.check(name));
        }
        if (!isDirectory && CopyLocation.isDirectory(target) || isDirectory && Files.exists(path)) {
            throw refused(target + " is not a directory");
        }
        return path;
    }

    private static SandboxException refused(String text) {
        return new SandboxException(ErrorCode.FILE_REFUSED, text);
    }

    /** The state of one copy: its local root, the memory it uses, its hard links, and what was left behind. */
    private record State(Path root, ListingLimit listing, HardLinks hardLinks, List<String> left) {
        void skip(String inside, @Nullable String why) {
            left.add(listing.counted("left behind " + inside + ": " + why));
        }
    }

    /** Copies one directory. Only checked names, never paths from the sandbox, are appended to local paths. */
    private void directory(String source, Path target, State state) throws IOException {
        var entries = new ArrayList<FileEntry>();
        files.list(source, 1, user, entry -> entries.add(state.listing().counted(entry)));
        for (FileEntry entry : entries) {
            var inside = source.endsWith("/") ? source + entry.name() : source + "/" + entry.name();
            try {
                entry(entry, inside, target.resolve(HostileName.check(entry.name())), state);
            } catch (OperationException e) {
                state.skip(inside, e.getMessage());
            } catch (HostileName.Refused e) {
                state.skip(inside, e.getMessage());
            }
        }
        state.listing().release(entries);
    }

    private void entry(FileEntry entry, String inside, Path target, State state) throws IOException {
        switch (entry.type()) {
            case DIRECTORY -> {
                if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
                    Files.deleteIfExists(target);
                    Files.createDirectory(target);
                }
                directory(inside, target, state);
                setTime(target, entry.modifiedAt());
            }
            case FILE -> {
                if (Files.isSymbolicLink(target)) {
                    Files.delete(target);
                }
                if (!hardLink(entry, target, state)) {
                    file(inside, target, entry);
                    state.hardLinks().copied(entry.path(), target);
                }
            }
            case SYMLINK -> link(entry, inside, target, state);
            case OTHER, UNKNOWN -> state.skip(inside, "a special file");
        }
    }

    private static void link(FileEntry entry, String inside, Path target, State state) throws IOException {
        var text = entry.linkText();
        if (text == null || !HostileName.staysBelow(state.root(), target, text)) {
            state.skip(inside, "a link that leads out of the copied directory, to " + text);
            return;
        }
        if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(target);
        }
        Files.createSymbolicLink(target, Path.of(text));
        setTime(target, entry.modifiedAt());
    }

    /** Links a further name to the copy of its file. Returns false when there is no copy yet or no link can be made. */
    private static boolean hardLink(FileEntry entry, Path target, State state) throws IOException {
        var copy = state.hardLinks().copy(entry.path());
        if (copy == null || Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try {
            Files.deleteIfExists(target);
            Files.createLink(target, copy);
            return true;
        } catch (FileSystemException | UnsupportedOperationException e) {
            return false; // not every file system has hard links
        }
    }

    /**
     * Sets the modification time of a file; for a link, its own and not its target's. A time that can't be stored on this host is ignored.
     */
    private static void setTime(Path target, Instant time) {
        try {
            Files.getFileAttributeView(target, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .setTimes(FileTime.from(time), null, null);
        } catch (IOException | ArithmeticException e) {
            // the copy is complete without its time
        }
    }

    private void file(String source, Path target, FileEntry entry) throws IOException {
        try (var whole = AtomicFile.of(target)) {
            try (var open = files.read(source, user, 0, Long.MAX_VALUE);
                    var out = whole.open()) {
                progress.counting(open.content()).transferTo(out);
            }
            whole.complete();
        }
        if (Files.isRegularFile(target)) {
            if ((entry.mode() & 0_100) != 0) {
                makeExecutable(target);
            }
            setTime(target.toRealPath(), entry.modifiedAt());
        }
        progress.file();
    }

    /** Makes the file executable for everybody who may read it. The umask or the replaced file decides who may read it. */
    private static void makeExecutable(Path target) throws IOException {
        var permissions = EnumSet.copyOf(Files.getPosixFilePermissions(target));
        if (permissions.contains(PosixFilePermission.GROUP_READ)) {
            permissions.add(PosixFilePermission.GROUP_EXECUTE);
        }
        if (permissions.contains(PosixFilePermission.OTHERS_READ)) {
            permissions.add(PosixFilePermission.OTHERS_EXECUTE);
        }
        permissions.add(PosixFilePermission.OWNER_EXECUTE);
        Files.setPosixFilePermissions(target, permissions);
    }
}
