package dev.sandboxer.e2b.envd;

import com.google.protobuf.Message;
import dev.sandboxer.connect.ConnectException;
import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.FileWatch;
import dev.sandboxer.extension.session.OperationException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.extension.session.WriteOptions;
import dev.sandboxer.extension.support.Shell;
import dev.sandboxer.protocol.e2b.FilesystemProto.EntryInfo;
import dev.sandboxer.protocol.e2b.FilesystemProto.ListDirRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.ListDirResponse;
import dev.sandboxer.protocol.e2b.FilesystemProto.MakeDirRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.MakeDirResponse;
import dev.sandboxer.protocol.e2b.FilesystemProto.MoveRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.MoveResponse;
import dev.sandboxer.protocol.e2b.FilesystemProto.RemoveRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.RemoveResponse;
import dev.sandboxer.protocol.e2b.FilesystemProto.StatRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.StatResponse;
import dev.sandboxer.protocol.e2b.FilesystemProto.WatchDirRequest;
import dev.sandboxer.protocol.e2b.FilesystemProto.WatchDirResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Files of a sandbox: {@code filesystem.Filesystem} of e2b-dev/E2B, {@code spec/envd/filesystem/filesystem.proto}, with
 * contents by {@link FileTransfer}. E2B has no calls for links and modes, so commands in the sandbox set them.
 * Thread-safe.
 */
final class E2bFiles implements SandboxFiles {
    private static final String SERVICE = "filesystem.Filesystem/";
    private static final int MAX_NAME_BYTES = 255;
    private static final int MAX_PATH_BYTES = 4095;

    private final EnvdClient client;
    private final UserTable users;
    private final Shell root;
    private final Shell defaultUser;
    private final FileEntries entries;
    private final FileTransfer transfer;

    E2bFiles(EnvdClient client, UserTable users, E2bProcesses processes) {
        this.client = client;
        this.users = users;
        this.root = new Shell(E2bExec.ofRoot(processes));
        this.defaultUser = new Shell(new E2bExec(processes, null));
        this.entries = new FileEntries(users, root);
        this.transfer = new FileTransfer(client);
    }

    @Override
    public FileEntry stat(String path, @Nullable String user) {
        var request = StatRequest.newBuilder().setPath(path).build();
        return entry(
                path,
                read("Stat", path, user, request, StatResponse.getDefaultInstance())
                        .getEntry());
    }

    @Override
    public void list(String path, int depth, @Nullable String user, Consumer<FileEntry> each) {
        var request = ListDirRequest.newBuilder().setPath(path).setDepth(depth).build();
        var answer = read("ListDir", path, user, request, ListDirResponse.getDefaultInstance());
        try {
            entries.all(answer.getEntriesList()).forEach(each);
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    @Override
    public OpenFile read(String path, @Nullable String user, long offset, long length) {
        var entry = stat(path, user);
        requireRegular(entry);
        return new OpenFile(entry, transfer.read(path, name(user), offset, length));
    }

    @Override
    public FileEntry write(String path, WriteOptions options, InputStream source) throws IOException {
        var before = existing(path, options.user());
        if (before != null) {
            requireRegular(before);
        }
        // an upload replaces all metadata, so the old metadata is sent again
        var metadata = options.metadata() != null || before == null ? options.metadata() : before.metadata();
        try {
            transfer.write(path, name(options.user()), metadata, source);
        } catch (IOException | RuntimeException e) {
            if (before == null && mayHaveWritten(e)) {
                removePartialFile(path, options.user(), e);
            }
            throw e;
        }
        var written = stat(path, options.user());
        var mode = options.mode();
        if (mode == null || mode == written.mode()) {
            return written;
        }
        root.run(Scripts.SET_MODE, Integer.toOctalString(mode), written.path()).check("setting the mode of " + path);
        return stat(path, options.user());
    }

    private @Nullable FileEntry existing(String path, @Nullable String user) {
        try {
            return stat(path, user);
        } catch (OperationException e) {
            if (e.reason() == Reason.NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    private static boolean mayHaveWritten(Exception e) {
        return !(e instanceof OperationException refusal)
                || refusal.reason() == Reason.NO_SPACE
                || refusal.reason() == Reason.IO;
    }

    private void removePartialFile(String path, @Nullable String user, Exception failure) {
        try {
            remove(path, user);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private static void requireRegular(FileEntry entry) {
        switch (entry.targetType()) {
            case DIRECTORY -> throw new OperationException(Reason.IS_A_DIRECTORY, entry.path() + " is a directory");
            case OTHER ->
                throw new OperationException(Reason.SPECIAL_FILE, entry.path() + " is neither file nor directory");
            case FILE, SYMLINK, UNKNOWN -> {}
        }
    }

    @Override
    public FileEntry makeDirectory(String path, @Nullable String user) {
        var request = MakeDirRequest.newBuilder().setPath(path).build();
        return entry(
                path,
                call("MakeDir", path, user, request, MakeDirResponse.getDefaultInstance())
                        .getEntry());
    }

    @Override
    public FileEntry makeSymlink(String target, String path, @Nullable String user) {
        if (target.isEmpty() || target.indexOf('\0') >= 0) {
            throw new OperationException(Reason.INVALID, "a link's target must not be empty or contain NUL");
        }
        check(path);
        var parent = parent(path, user);
        var at = (parent.path().equals("/") ? "" : parent.path()) + path.substring(path.lastIndexOf('/'));
        root.run(Scripts.MAKE_LINK, target, at, owner(user)).check("making a link");
        return stat(at, user);
    }

    /** Returns the directory that a path is in, and creates it if it is missing. */
    private FileEntry parent(String path, @Nullable String user) {
        var slash = path.lastIndexOf('/');
        if (slash < 0) {
            return parent("~/" + path, user);
        }
        var parent = slash == 0 ? "/" : path.substring(0, slash);
        var there = existing(parent, user);
        return there == null ? makeDirectory(parent, user) : there;
    }

    /** Returns a user and the user's own group in the form that chown takes. */
    private String owner(@Nullable String user) {
        if (user != null) {
            return users.name(user) + ":";
        }
        var done = defaultUser.run("printf '%s:%s' \"$(id -u)\" \"$(id -g)\"").check("looking up the default user");
        return new String(done.out(), StandardCharsets.UTF_8);
    }

    @Override
    public FileEntry move(String source, String destination, @Nullable String user) {
        check(destination);
        var request = MoveRequest.newBuilder()
                .setSource(source)
                .setDestination(destination)
                .build();
        return entry(
                destination,
                call("Move", source, user, request, MoveResponse.getDefaultInstance())
                        .getEntry());
    }

    @Override
    public void remove(String path, @Nullable String user) {
        var request = RemoveRequest.newBuilder().setPath(path).build();
        call("Remove", path, user, request, RemoveResponse.getDefaultInstance());
    }

    @Override
    public FileWatch watch(String path, @Nullable String user, boolean recursive, boolean withEntries) {
        check(path);
        var request = WatchDirRequest.newBuilder()
                .setPath(path)
                .setRecursive(recursive)
                .setIncludeEntry(withEntries)
                .build();
        try {
            var stream = client.stream(
                    SERVICE + "WatchDir", name(user), request, WatchDirResponse.getDefaultInstance(), null);
            return E2bWatch.begin(client, stream, path, withEntries ? entries : null);
        } catch (ConnectException e) {
            throw EnvdErrorMapper.ofFiles(e, path);
        }
    }

    private <M extends Message> M read(
            String method, String path, @Nullable String user, Message request, M prototype) {
        check(path);
        try {
            return client.read(
                    SERVICE + method,
                    name(user),
                    request,
                    prototype,
                    client.timeouts().longWork());
        } catch (ConnectException e) {
            throw EnvdErrorMapper.ofFiles(e, path);
        }
    }

    private <M extends Message> M call(
            String method, String path, @Nullable String user, Message request, M prototype) {
        check(path);
        try {
            return client.unary(
                    SERVICE + method,
                    name(user),
                    request,
                    prototype,
                    client.timeouts().longWork());
        } catch (ConnectException e) {
            throw EnvdErrorMapper.ofFiles(e, path);
        }
    }

    /** Refuses paths that no Linux accepts. Checked here because E2B reports them in many different ways. */
    private static void check(String path) {
        if (path.indexOf('\0') >= 0) {
            throw new OperationException(Reason.INVALID, "a path must not contain NUL");
        }
        var bytes = path.getBytes(StandardCharsets.UTF_8);
        var name = 0;
        for (byte one : bytes) {
            name = one == '/' ? 0 : name + 1;
            if (name > MAX_NAME_BYTES || bytes.length > MAX_PATH_BYTES) {
                throw new OperationException(
                        Reason.TOO_LONG, "the path is longer than 4095 bytes, or a name in it than 255 bytes");
            }
        }
    }

    private @Nullable String name(@Nullable String user) {
        return user == null ? null : users.name(user);
    }

    private FileEntry entry(String path, EntryInfo entry) {
        try {
            if (entry.equals(EntryInfo.getDefaultInstance())) {
                throw new IOException("the sandbox sent an empty entry for " + path);
            }
            return entries.of(entry);
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    private static OperationException malformed(IOException e) {
        return new OperationException(Reason.IO, String.valueOf(e.getMessage()));
    }
}
