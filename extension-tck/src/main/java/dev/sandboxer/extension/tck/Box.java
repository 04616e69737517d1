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

/** A sandbox with an open session, and helper methods for tests. */
public final class Box implements AutoCloseable {
    private static final AtomicInteger DIRECTORIES = new AtomicInteger();

    private final ExtensionFixture fixture;
    private final BackendSandbox sandbox;
    private final Session session;

    /**
     * Creates a box from a sandbox and a session.
     *
     * @param fixture the fixture of the extension under test
     * @param sandbox as the backend reported it
     * @param session an open session with it
     */
    public Box(ExtensionFixture fixture, BackendSandbox sandbox, Session session) {
        this.fixture = fixture;
        this.sandbox = sandbox;
        this.session = session;
    }

    /** {@return the sandbox as the backend reported it} */
    public BackendSandbox sandbox() {
        return sandbox;
    }

    /** {@return the session} */
    public Session session() {
        return session;
    }

    /** {@return the file system} */
    public SandboxFiles files() {
        return session.files();
    }

    /**
     * Returns a command that runs a script in the fixture's shell.
     *
     * @param script POSIX shell text
     * @param arguments become {@code $1} and so on
     * @return the command
     */
    public ProcessSpec script(String script, String... arguments) {
        var argv = new ArrayList<>(List.of(fixture.shell(), "-c", script, "sh"));
        argv.addAll(List.of(arguments));
        return ProcessSpec.of(argv);
    }

    /**
     * {@return a started process; the caller closes it}
     *
     * @param spec the command
     */
    public RunningProcess start(ProcessSpec spec) {
        return session.processes().start(spec);
    }

    /**
     * {@return the output and the exit of a command that was run to its end}
     *
     * @param spec the command
     */
    public CapturedOutput run(ProcessSpec spec) {
        try (var process = start(spec)) {
            return transcript(process).toEnd();
        }
    }

    /**
     * {@return the output and the exit of a script that was run to its end}
     *
     * @param script POSIX shell text
     * @param arguments become {@code $1} and so on
     */
    public CapturedOutput sh(String script, String... arguments) {
        return run(script(script, arguments));
    }

    /**
     * {@return a reader of the events of a process, starting now}
     *
     * @param process the process whose events to read
     */
    public Transcript transcript(RunningProcess process) {
        return new Transcript(process, fixture.timeout());
    }

    /**
     * Creates an empty directory that belongs to the default user.
     *
     * @return its path
     */
    public String newDirectory() {
        var path = fixture.home() + "/tck/" + DIRECTORIES.incrementAndGet();
        files().makeDirectory(path, null);
        return path;
    }

    /**
     * Returns the path of a file that doesn't exist yet, in a new directory.
     *
     * @return its path
     */
    public String newPath() {
        return newDirectory() + "/file";
    }

    /**
     * {@return the file after writing it}
     *
     * @param path absolute, or relative to the user's home
     * @param content the new content
     */
    public FileEntry write(String path, byte[] content) {
        return write(path, content, WriteOptions.DEFAULT);
    }

    /**
     * {@return the file after writing it}
     *
     * @param path absolute, or relative to the user's home
     * @param content the new content
     * @param options owner, mode and metadata
     */
    public FileEntry write(String path, String content, WriteOptions options) {
        return write(path, content.getBytes(UTF_8), options);
    }

    /**
     * {@return the file after writing it}
     *
     * @param path absolute, or relative to the user's home
     * @param content the new content
     * @param options owner, mode and metadata
     */
    public FileEntry write(String path, byte[] content, WriteOptions options) {
        try {
            return files().write(path, options, new ByteArrayInputStream(content));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * {@return the file after writing it}
     *
     * @param path absolute, or relative to the user's home
     * @param content the new content
     */
    public FileEntry write(String path, String content) {
        return write(path, content.getBytes(UTF_8));
    }

    /**
     * {@return options with these permission bits}
     *
     * @param mode permission bits
     */
    public static WriteOptions mode(int mode) {
        return new WriteOptions(null, mode, null);
    }

    /**
     * {@return the content of a file}
     *
     * @param path absolute, or relative to the user's home
     */
    public byte[] read(String path) {
        return read(path, 0, Long.MAX_VALUE);
    }

    /**
     * {@return a part of a file}
     *
     * @param path absolute, or relative to the user's home
     * @param offset where to begin
     * @param length the most bytes to read
     */
    public byte[] read(String path, long offset, long length) {
        try (var file = files().read(path, null, offset, length)) {
            return file.content().readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * {@return the content of a file as UTF-8}
     *
     * @param path absolute, or relative to the user's home
     */
    public String text(String path) {
        return new String(read(path), UTF_8);
    }

    /**
     * Checks whether a process exists inside the sandbox.
     *
     * @param pid in decimal
     * @return true if it exists
     */
    public boolean isRunning(String pid) {
        return sh("kill -0 \"$1\"", pid).status() == 0;
    }

    /** {@return a closed gate} */
    public Gate newGate() {
        return new Gate(this, newPath());
    }

    @Override
    public void close() {
        session.close();
    }
}
