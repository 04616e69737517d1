package dev.sandboxer.extension.support;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.FileWatch;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.extension.session.WriteOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Implements file operations with commands: each operation runs one shell script, which reads or writes the content through its input or
 * output. Thread-safe.
 *
 * <p>The sandbox needs these programs: {@code /bin/sh}, {@code stat -c}, {@code readlink}, {@code mkdir}, {@code chown}, {@code chmod},
 * {@code cat}, {@code head -c}, {@code dd}, {@code ln}, {@code mv -T} and {@code rm}, as in coreutils and BusyBox. An operation fails with
 * {@code UNSUPPORTED} if a tool that it needs is missing. Users are looked up in {@code /etc/passwd}. If commands don't run as root,
 * operations that need more rights fail with {@code PERMISSION_DENIED}.
 *
 * <p>Metadata and watching fail with {@code UNSUPPORTED}, because these tools support neither extended attributes nor inotify. BusyBox's
 * {@code rm} fails for trees with paths longer than the kernel's limit.
 */
public final class ExecFiles implements SandboxFiles {
    private static final int MAX_NAME_BYTES = 255;
    private static final int MAX_PATH_BYTES = 4095;
    private static final int MAX_ENTRIES = 100_000;
    private static final int PIECE = 256 << 10;
    private static final int STATE = 3;

    private final Exec exec;
    private final String defaultUser;

    /**
     * Creates the file system of one sandbox.
     *
     * @param exec runs commands in the sandbox
     * @param defaultUser name or uid of the template's default user
     */
    public ExecFiles(Exec exec, String defaultUser) {
        this.exec = exec;
        this.defaultUser = defaultUser;
    }

    @Override
    public FileEntry stat(String path, @Nullable String user) {
        return entry("stat", "describing", path, user);
    }

    @Override
    public void list(String path, int depth, @Nullable String user, Consumer<FileEntry> each) {
        if (depth < 1) {
            throw new OperationException(Reason.INVALID, "the depth of a listing is at least 1");
        }
        var found = new ArrayList<FileRecord>();
        try (var script = start("list", "listing", false, path, user, Integer.toString(depth))) {
            readAll(script, found);
        }
        found.sort(FileRecord.PARENTS_FIRST);
        found.forEach(one -> each.accept(one.entry()));
    }

    private static void readAll(FileScript script, List<FileRecord> found) {
        var output = script.output();
        var directory = output.readUntil(0, FileRecord.MAX_PATH_BYTES);
        while (!output.isAtEnd()) {
            var next = FileRecord.read(output);
            if (!next.isBelow(directory)) {
                throw output.unexpected();
            }
            if (found.size() == MAX_ENTRIES) {
                throw new OperationException(Reason.LIMIT, "a listing has at most " + MAX_ENTRIES + " entries");
            }
            found.add(next);
        }
        output.requireSuccess();
    }

    @Override
    public OpenFile read(String path, @Nullable String user, long offset, long length) {
        if (offset < 0 || length < 0) {
            throw new OperationException(Reason.INVALID, "neither the offset nor the length may be negative");
        }
        var most = length == Long.MAX_VALUE ? "-" : Long.toString(length);
        var script = start("read", "reading", false, path, user, Long.toString(offset), most);
        try {
            var entry = FileRecord.read(script.output()).entry();
            script.output().liftLimit();
            return new OpenFile(entry, new FileContent(script));
        } catch (OperationException | ExtensionException e) {
            script.close();
            throw e;
        }
    }

    @Override
    public FileEntry write(String path, WriteOptions options, InputStream source) throws IOException {
        if (options.metadata() != null && !options.metadata().isEmpty()) {
            throw new OperationException(Reason.UNSUPPORTED, "this backend doesn't support file metadata");
        }
        var mode = options.mode() == null ? "-" : Integer.toOctalString(options.mode());
        var script = start("write", "writing", true, path, options.user(), mode);
        var isNew = false;
        try (script) {
            isNew = isNew(script.output());
            script.output().liftLimit();
            copy(source, script.execution());
            return script.entry();
        } catch (IOException | RuntimeException e) {
            if (isNew) {
                discard(path, options.user(), e);
            }
            throw e;
        }
    }

    /** Returns true if the file is new. The script reports this once it has opened the file. */
    private static boolean isNew(CommandOutput output) {
        return switch (new String(output.readUntil(0, STATE), StandardCharsets.US_ASCII)) {
            case "new" -> true;
            case "old" -> false;
            default -> throw output.unexpected();
        };
    }

    /** Copies the source to its end, or until the sandbox stops reading; the script then reports why. */
    private static void copy(InputStream source, Execution execution) throws IOException {
        var piece = new byte[PIECE];
        for (int count = source.readNBytes(piece, 0, PIECE); count > 0; count = source.readNBytes(piece, 0, PIECE)) {
            try {
                execution.writeInput(piece, 0, count);
            } catch (OperationException e) {
                if (!Failures.isEndOfInput(e)) {
                    throw e;
                }
                return;
            }
        }
        execution.closeInput();
    }

    private void discard(String path, @Nullable String user, Exception failure) {
        try {
            run("discard", "removing the rest of", path, user);
        } catch (OperationException | ExtensionException e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public FileEntry makeDirectory(String path, @Nullable String user) {
        return entry("mkdir", "making", path, user);
    }

    @Override
    public FileEntry makeSymlink(String target, String path, @Nullable String user) {
        if (target.isEmpty() || target.indexOf('\0') >= 0) {
            throw new OperationException(Reason.INVALID, "a link's target can't be empty or contain NUL");
        }
        return entry("symlink", "making", path, user, target);
    }

    @Override
    public FileEntry move(String source, String destination, @Nullable String user) {
        check(destination);
        return entry("move", "moving", source, user, destination);
    }

    @Override
    public void remove(String path, @Nullable String user) {
        run("remove", "removing", path, user);
    }

    @Override
    public FileWatch watch(String path, @Nullable String user, boolean recursive, boolean entries) {
        throw new OperationException(Reason.UNSUPPORTED, "this backend can't watch directories");
    }

    private FileEntry entry(String operation, String activity, String path, @Nullable String user, String... more) {
        try (var script = start(operation, activity, false, path, user, more)) {
            return script.entry();
        }
    }

    private void run(String operation, String activity, String path, @Nullable String user) {
        try (var script = start(operation, activity, false, path, user)) {
            script.output().requireSuccess();
        }
    }

    private FileScript start(
            String operation, String activity, boolean input, String path, @Nullable String user, String... more) {
        check(path);
        if (user != null && user.indexOf('\0') >= 0) {
            throw new OperationException(Reason.UNKNOWN_USER, "a user's name must not contain NUL");
        }
        var arguments = new ArrayList<>(List.of(operation, user == null ? defaultUser : user, path));
        arguments.addAll(List.of(more));
        return FileScript.start(exec, activity + " " + path, input, arguments.toArray(String[]::new));
    }

    /** Rejects paths that are invalid on every Linux file system. Some of them couldn't be passed as arguments. */
    private static void check(String path) {
        if (path.indexOf('\0') >= 0) {
            throw new OperationException(Reason.INVALID, "a path must not contain NUL");
        }
        var bytes = path.getBytes(StandardCharsets.UTF_8);
        var name = 0;
        for (byte one : bytes) {
            name = one == '/' ? 0 : name + 1;
            if (name > MAX_NAME_BYTES || bytes.length > MAX_PATH_BYTES) {
                throw new OperationException(Reason.TOO_LONG, "the path or a name in it is too long");
            }
        }
    }
}
