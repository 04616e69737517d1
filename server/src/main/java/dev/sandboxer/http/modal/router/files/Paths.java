package dev.sandboxer.http.modal.router.files;

import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.FileType;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.SandboxFiles;
import org.jspecify.annotations.Nullable;

/** Looks up and composes paths for the file tool. */
final class Paths {
    private Paths() {}

    /** Returns the entry at a path, without following a link; null if there is none. */
    static @Nullable FileEntry find(SandboxFiles files, String path) {
        try {
            return files.stat(path, FileTool.USER);
        } catch (OperationException e) {
            if (e.reason() == Reason.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    /** Returns the path that an entry stands for: a link's target, else the path itself. */
    static String target(FileEntry entry, String path) {
        if (entry.type() != FileType.SYMLINK) {
            return path;
        }
        if (entry.linkTarget() == null) {
            throw FileFailure.notFound();
        }
        return entry.linkTarget();
    }

    static boolean isDirectory(@Nullable FileEntry entry) {
        return entry != null && entry.targetType() == FileType.DIRECTORY;
    }

    /** Returns the directory that a path is in. */
    static String parent(String path) {
        var trimmed = trimmed(path);
        var slash = trimmed.lastIndexOf('/');
        return slash <= 0 ? "/" : trimmed.substring(0, slash);
    }

    /** Returns the last part of a path. */
    static String name(String path) {
        var trimmed = trimmed(path);
        return trimmed.substring(trimmed.lastIndexOf('/') + 1);
    }

    private static String trimmed(String path) {
        var end = path.length();
        while (end > 1 && path.charAt(end - 1) == '/') {
            end--;
        }
        return path.substring(0, end);
    }

    /** Returns the path of a name in a directory. */
    static String child(String directory, String name) {
        var trimmed = trimmed(directory);
        return trimmed.equals("/") ? "/" + name : trimmed + "/" + name;
    }
}
