package dev.sandboxer.extension.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.session.WriteOptions;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A sandbox with a session, and short words for what tests do in it. */
public final class Box implements AutoCloseable {
    private static final AtomicInteger DIRECTORIES = new AtomicInteger();

    private final ExtensionFixture fixture;
    private final BackendSandbox sandbox;
    private final Session session;

    public Box(ExtensionFixture fixture, BackendSandbox sandbox, Session session) {
        this.fixture = fixture;
        this.sandbox = sandbox;
        this.session = session;
    }

    public BackendSandbox sandbox() {
        return sandbox;
    }

    public Session session() {
        return session;
    }

    public SandboxFiles files() {
        return session.files();
    }

    /** A shell running a script; the arguments are {@code $1} and so on. */
    public ProcessSpec script(String script, String... arguments) {
        var argv = new ArrayList<>(List.of(fixture.shell(), "-c", script, "sh"));
        argv.addAll(List.of(arguments));
        return ProcessSpec.of(argv);
    }

    public RunningProcess start(ProcessSpec spec) {
        return session.processes().start(spec);
    }

    public Captured run(ProcessSpec spec) {
        try (var process = start(spec)) {
            return transcript(process).toEnd();
        }
    }

    public Captured sh(String script, String... arguments) {
        return run(script(script, arguments));
    }

    public Transcript transcript(RunningProcess process) {
        return new Transcript(process, fixture.timeout());
    }

    /** A new empty directory of the default user, below a common one. */
    public String newDirectory() {
        var path = fixture.home() + "/tck/" + DIRECTORIES.incrementAndGet();
        files().makeDirectory(path, null);
        return path;
    }

    /** A file that does not exist yet, in a directory of its own. */
    public String newPath() {
        return newDirectory() + "/file";
    }

    public FileEntry write(String path, byte[] content) {
        return write(path, content, WriteOptions.DEFAULT);
    }

    public FileEntry write(String path, String content, WriteOptions options) {
        return write(path, content.getBytes(UTF_8), options);
    }

    public FileEntry write(String path, byte[] content, WriteOptions options) {
        try {
            return files().write(path, options, new ByteArrayInputStream(content));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public FileEntry write(String path, String content) {
        return write(path, content.getBytes(UTF_8));
    }

    public static WriteOptions mode(int mode) {
        return new WriteOptions(null, mode, null);
    }

    public byte[] read(String path) {
        return read(path, 0, Long.MAX_VALUE);
    }

    public byte[] read(String path, long offset, long length) {
        try (var file = files().read(path, null, offset, length)) {
            return file.content().readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public String text(String path) {
        return new String(read(path), UTF_8);
    }

    /** Whether a process with that pid runs inside. */
    public boolean runs(String pid) {
        return sh("kill -0 \"$1\"", pid).status() == 0;
    }

    public Gate newGate() {
        return new Gate(this, newPath());
    }

    @Override
    public void close() {
        session.close();
    }
}
