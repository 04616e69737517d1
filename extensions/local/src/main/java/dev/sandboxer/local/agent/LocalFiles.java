package dev.sandboxer.local.agent;

import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.FileWatch;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.extension.session.WriteOptions;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The files of a local sandbox. The agent does all the work inside, so no host path is ever derived from a name in the sandbox. */
record LocalFiles(AgentConnector agent) implements SandboxFiles {
    /** Limits that end the listing of a hostile agent. An entry has at most 17 KiB. */
    private static final FrameList.Limits LISTING = new FrameList.Limits(2_000_000, 32 << 10, Long.MAX_VALUE);

    private static final int CHUNK = 64 << 10;
    private static final int FLAG_RECURSIVE = 1;
    private static final int FLAG_ENTRIES = 2;

    @Override
    public FileEntry stat(String path, @Nullable String user) {
        return entry(agent.open(), new FrameWriter(FrameType.STAT).str(path).str(user));
    }

    @Override
    public void list(String path, int depth, @Nullable String user, Consumer<FileEntry> each) {
        try (var connection = agent.open()) {
            connection.send(
                    new FrameWriter(FrameType.LIST_DIR).str(path).str(user).u32(depth));
            var frames = new FrameList(
                    connection, FrameType.ENTRY, LISTING, agent.timeouts().work());
            frames.forEach(frame -> each.accept(EntryReader.read(frame)));
        }
    }

    @Override
    public OpenFile read(String path, @Nullable String user, long offset, long length) {
        var connection = agent.open();
        try {
            connection.send(new FrameWriter(FrameType.READ)
                    .str(path)
                    .str(user)
                    .u64(offset)
                    .u64(length == Long.MAX_VALUE ? -1 : length));
            var entry = EntryReader.read(connection.expect(FrameType.ENTRY));
            return new OpenFile(entry, new FileContent(connection, length));
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    @Override
    public FileEntry write(String path, WriteOptions options, InputStream source) throws IOException {
        var metadata = options.metadata();
        try (var connection = agent.open()) {
            connection.send(new FrameWriter(FrameType.WRITE)
                    .str(path)
                    .str(options.user())
                    .u32(Objects.requireNonNullElse(options.mode(), 0))
                    .u8(metadata == null ? 0 : 1)
                    .map(metadata == null ? Map.of() : metadata));
            connection.expect(FrameType.READY);
            var chunk = new byte[CHUNK];
            // if the source fails, the connection is closed without END, which makes the agent remove a new file
            for (int count = source.read(chunk); count >= 0; count = source.read(chunk)) {
                connection.send(new FrameWriter(FrameType.DATA).bytes(chunk, 0, count));
            }
            connection.send(new FrameWriter(FrameType.END));
            return EntryReader.read(connection.expect(FrameType.ENTRY));
        }
    }

    @Override
    public FileEntry makeDirectory(String path, @Nullable String user) {
        return entry(
                agent.open(),
                new FrameWriter(FrameType.MKDIR).str(path).str(user).u32(0));
    }

    @Override
    public FileEntry makeSymlink(String target, String path, @Nullable String user) {
        return entry(
                agent.open(),
                new FrameWriter(FrameType.SYMLINK).str(target).str(path).str(user));
    }

    @Override
    public FileEntry move(String source, String destination, @Nullable String user) {
        return entry(
                agent.openForWork(),
                new FrameWriter(FrameType.MOVE).str(source).str(destination).str(user));
    }

    @Override
    public void remove(String path, @Nullable String user) {
        try (var connection = agent.openForWork()) {
            connection.send(new FrameWriter(FrameType.REMOVE).str(path).str(user));
            connection.expect(FrameType.OK);
        }
    }

    @Override
    public FileWatch watch(String path, @Nullable String user, boolean recursive, boolean entries) {
        var connection = agent.open();
        try {
            connection.send(new FrameWriter(FrameType.WATCH)
                    .str(path)
                    .str(user)
                    .u8((recursive ? FLAG_RECURSIVE : 0) | (entries ? FLAG_ENTRIES : 0)));
            connection.expect(FrameType.READY);
            connection.switchToStream();
            return new LocalWatch(connection, path);
        } catch (RuntimeException e) {
            connection.close();
            throw e;
        }
    }

    /** Sends a request, receives its answer, an entry, and closes the connection. */
    private static FileEntry entry(AgentConnection connection, FrameWriter request) {
        try (connection) {
            connection.send(request);
            return EntryReader.read(connection.expect(FrameType.ENTRY));
        }
    }
}
