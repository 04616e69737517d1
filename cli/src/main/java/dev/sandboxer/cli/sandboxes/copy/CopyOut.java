package dev.sandboxer.cli.sandboxes.copy;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.FileType;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.SandboxFiles;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Copies files out of a sandbox, which may be hostile: every name is checked, nothing is written through a link, links are kept
 * only while they stay inside the copied directory, and no set-uid bit survives. Its methods return a message for each file that
 * was left behind.
 */
record CopyOut(SandboxFiles files, @Nullable String user, CopyProgress progress) {
    List<String> stream(String source, OutputStream target) throws IOException {
        try (var open = files.read(source, user, 0, Long.MAX_VALUE)) {
            progress.counting(open.content()).transferTo(target);
            target.flush();
        }
        return List.of();
    }

    List<String> path(String source, Path target) throws IOException {
        var entry = files.stat(source, user);
        var name = CopyLocation.name(source);
        // the user named this target, so a link there is the user's own and may be followed
        var goal = Files.isDirectory(target) && !name.isEmpty() ? target.resolve(HostileName.check(name)) : target;
        if (entry.targetType() != FileType.DIRECTORY) {
            if (entry.targetType() != FileType.FILE) {
                throw new SandboxException(ErrorCode.FILE_REFUSED, source + " is neither a file nor a directory");
            }
            file(source, goal, entry.mode());
            return List.of();
        }
        if (!Files.isDirectory(goal)) {
            Files.createDirectory(goal);
        }
        var left = new ArrayList<String>();
        directory(source, goal, new State(goal, new ListingLimit(), left));
        return left;
    }

    /** The state of one copy: its local root, the memory it uses, and what was left behind. */
    private record State(Path root, ListingLimit listing, List<String> left) {
        void leaveBehind(String inside, @Nullable String why) {
            left.add(listing.counted("left behind " + inside + ": " + why));
        }
    }

    /** Lists one directory at a time, so that no path from the sandbox is ever joined to a local one, only checked names. */
    private void directory(String source, Path target, State state) throws IOException {
        var entries = new ArrayList<FileEntry>();
        files.list(source, 1, user, entry -> entries.add(state.listing().counted(entry)));
        for (FileEntry entry : entries) {
            var inside = source.endsWith("/") ? source + entry.name() : source + "/" + entry.name();
            try {
                entry(entry, inside, target.resolve(HostileName.check(entry.name())), state);
            } catch (OperationException e) {
                state.leaveBehind(inside, e.getMessage());
            } catch (HostileName.Refused e) {
                state.leaveBehind(inside, e.getMessage());
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
            }
            case FILE -> {
                if (Files.isSymbolicLink(target)) {
                    Files.delete(target);
                }
                file(inside, target, entry.mode());
            }
            case SYMLINK -> link(entry, inside, target, state);
            case OTHER, UNKNOWN -> state.leaveBehind(inside, "a special file");
        }
    }

    private static void link(FileEntry entry, String inside, Path target, State state) throws IOException {
        var text = entry.linkText();
        if (text == null || !HostileName.staysBelow(state.root(), target, text)) {
            state.leaveBehind(inside, "a link that leads out, to " + text);
            return;
        }
        if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) {
            Files.deleteIfExists(target);
        }
        Files.createSymbolicLink(target, Path.of(text));
    }

    private void file(String source, Path target, int mode) throws IOException {
        try (var whole = AtomicFile.of(target)) {
            try (var open = files.read(source, user, 0, Long.MAX_VALUE);
                    var out = whole.open()) {
                progress.counting(open.content()).transferTo(out);
            }
            whole.complete();
        }
        if ((mode & 0_100) != 0) {
            makeExecutable(target);
        }
        progress.file();
    }

    /** Lets those execute the file who may read it, as the umask or an older file decided. */
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
