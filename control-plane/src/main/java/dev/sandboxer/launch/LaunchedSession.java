package dev.sandboxer.launch;

import dev.sandboxer.extension.session.FileEntry;
import dev.sandboxer.extension.session.FileWatch;
import dev.sandboxer.extension.session.Ports;
import dev.sandboxer.extension.session.ProcessInfo;
import dev.sandboxer.extension.session.ProcessSelector;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Processes;
import dev.sandboxer.extension.session.PtySize;
import dev.sandboxer.extension.session.RunningProcess;
import dev.sandboxer.extension.session.SandboxFiles;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.session.Signal;
import dev.sandboxer.extension.session.WriteOptions;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A session in which a launch's user and working directory are the defaults. */
public record LaunchedSession(Session inner, Launch launch) implements Session {
    /** Returns a session with the launch's defaults, or the session itself if the launch has none. */
    public static Session of(Session inner, Launch launch) {
        return launch.changesProcesses() ? new LaunchedSession(inner, launch) : inner;
    }

    @Override
    public Processes processes() {
        return new LaunchedProcesses(inner.processes(), launch);
    }

    @Override
    public SandboxFiles files() {
        return launch.user() == null ? inner.files() : new LaunchedFiles(inner.files(), launch.user());
    }

    @Override
    public Ports ports() {
        return inner.ports();
    }

    @Override
    public void close() {
        inner.close();
    }

    private record LaunchedProcesses(Processes inner, Launch launch) implements Processes {
        /** Starts a process. A call that names another user starts in that user's home, not in the launch's working directory. */
        @Override
        public RunningProcess start(ProcessSpec spec) {
            var user = spec.user() == null ? launch.user() : spec.user();
            var cwd = spec.cwd() == null && spec.user() == null ? launch.workdir() : spec.cwd();
            return inner.start(spec.toBuilder().user(user).cwd(cwd).build());
        }

        @Override
        public RunningProcess attach(ProcessSelector selector) {
            return inner.attach(selector);
        }

        @Override
        public List<ProcessInfo> list() {
            return inner.list();
        }

        @Override
        public void signal(ProcessSelector selector, Signal signal, boolean wholeGroup) {
            inner.signal(selector, signal, wholeGroup);
        }

        @Override
        public void writeInput(ProcessSelector selector, byte[] bytes) {
            inner.writeInput(selector, bytes);
        }

        @Override
        public void closeInput(ProcessSelector selector) {
            inner.closeInput(selector);
        }

        @Override
        public void resize(ProcessSelector selector, PtySize size) {
            inner.resize(selector, size);
        }
    }

    private record LaunchedFiles(SandboxFiles inner, String defaultUser) implements SandboxFiles {
        private String user(@Nullable String named) {
            return named == null ? defaultUser : named;
        }

        @Override
        public FileEntry stat(String path, @Nullable String user) {
            return inner.stat(path, user(user));
        }

        @Override
        public void list(String path, int depth, @Nullable String user, Consumer<FileEntry> each) {
            inner.list(path, depth, user(user), each);
        }

        @Override
        public OpenFile read(String path, @Nullable String user, long offset, long length) {
            return inner.read(path, user(user), offset, length);
        }

        @Override
        public FileEntry write(String path, WriteOptions options, InputStream source) throws IOException {
            return inner.write(
                    path, new WriteOptions(user(options.user()), options.mode(), options.metadata()), source);
        }

        @Override
        public FileEntry makeDirectory(String path, @Nullable String user) {
            return inner.makeDirectory(path, user(user));
        }

        @Override
        public FileEntry makeSymlink(String target, String path, @Nullable String user) {
            return inner.makeSymlink(target, path, user(user));
        }

        @Override
        public FileEntry move(String source, String destination, @Nullable String user) {
            return inner.move(source, destination, user(user));
        }

        @Override
        public void remove(String path, @Nullable String user) {
            inner.remove(path, user(user));
        }

        @Override
        public FileWatch watch(String path, @Nullable String user, boolean recursive, boolean entries) {
            return inner.watch(path, user(user), recursive, entries);
        }
    }
}
