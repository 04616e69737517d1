package dev.sandboxer.local;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.HostReserve;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.session.ProcessEvent;
import dev.sandboxer.extension.session.ProcessSpec;
import dev.sandboxer.extension.session.Session;
import dev.sandboxer.extension.spec.NetworkRules;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import dev.sandboxer.local.agent.Timeouts;
import dev.sandboxer.local.disk.TreeDeleter;
import dev.sandboxer.local.folder.SandboxFolder;
import dev.sandboxer.local.host.Freezer;
import dev.sandboxer.local.host.HostCgroups;
import dev.sandboxer.local.host.HostUser;
import dev.sandboxer.local.host.RootSource;
import dev.sandboxer.local.network.HostNetwork;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A directory of local sandboxes, with a clock that can be moved forward. Closing it destroys all remaining sandboxes.
 *
 * @param installation a random name, because control groups are named after it
 */
record LocalHome(Path directory, String installation, OwnClock clock, PausingBackend backend) implements AutoCloseable {
    static final SandboxSize SMALL = new SandboxSize(1000, 128, 64);

    private static final AtomicInteger COUNT = new AtomicInteger();

    /** A clock that runs ahead of the host's clock by an offset that the test sets. */
    static final class OwnClock implements InstantSource {
        private volatile Duration ahead = Duration.ZERO;

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }

        void putForward(Duration by) {
            ahead = ahead.plus(by);
        }
    }

    static LocalHome open(RootSource root) throws IOException {
        return open(root, HostReserve.DEFAULT);
    }

    static LocalHome open(RootSource root, HostReserve reserve) throws IOException {
        assumeTrue(
                HostUser.isRoot() && HostCgroups.ofThisProcess().canPauseAndMeasure(),
                "needs root, and control groups that freeze and measure");
        var directory = Files.createTempDirectory("sbx");
        var installation = "u" + Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36);
        return reopen(directory, installation, root, reserve);
    }

    /** Opens the same directory with another backend, as another process would. */
    static LocalHome reopen(Path directory, String installation, RootSource root) {
        return reopen(directory, installation, root, HostReserve.DEFAULT);
    }

    private static LocalHome reopen(Path directory, String installation, RootSource root, HostReserve reserve) {
        var clock = new OwnClock();
        var context = new ExtensionContext(installation, directory, clock, () -> reserve);
        var backend = root == RootSource.IMAGE
                ? new SnapshottingBackend(new LocalExtension(), context, HostNetwork.none(), Timeouts.DEFAULT)
                : new PausingBackend(new LocalExtension(), context, root, HostNetwork.none(), Timeouts.DEFAULT);
        return new LocalHome(directory, installation, clock, backend);
    }

    /** Opens a home whose sandboxes have disk images, and so snapshots. */
    static LocalHome withImages() throws IOException {
        assumeTrue(RootSource.ofThisHost() == RootSource.IMAGE, "needs loop devices and mkfs.ext4");
        return open(RootSource.IMAGE);
    }

    SnapshottingBackend images() {
        return (SnapshottingBackend) backend;
    }

    BackendSandbox create() {
        return create("base", SMALL);
    }

    BackendSandbox create(String template, SandboxSize size) {
        var tag = new SandboxTag(installation, "s" + COUNT.incrementAndGet(), 1);
        return backend.create(new CreateRequest(
                tag,
                SandboxSpec.builder(new Source.Template(template), size)
                        .network(NetworkRules.DENY_ALL)
                        .build(),
                in(Duration.ofMinutes(10))));
    }

    Instant in(Duration life) {
        return clock.instant().plus(life);
    }

    SandboxFolder folder(BackendSandbox sandbox) {
        return new SandboxFolder(directory.resolve("s").resolve(sandbox.tag().toString()));
    }

    Freezer freezer(BackendSandbox sandbox) {
        return folder(sandbox).request().orElseThrow().requireFreezer();
    }

    /** Returns the output of a shell script in the sandbox, without surrounding blanks. */
    String sh(BackendSandbox sandbox, String script) throws InterruptedException {
        try (var session = backend.connect(sandbox.ref())) {
            return sh(session, script);
        }
    }

    static String sh(Session session, String script) throws InterruptedException {
        try (var process = session.processes().start(ProcessSpec.of("sh", "-c", script))) {
            var output = new ByteArrayOutputStream();
            while (process.next(null) instanceof ProcessEvent.Output(var _, var bytes)) {
                output.writeBytes(bytes);
            }
            return output.toString(StandardCharsets.UTF_8).strip();
        }
    }

    @Override
    public void close() throws IOException {
        backend.list().forEach(sandbox -> backend.destroy(sandbox.ref()));
        TreeDeleter.delete(directory);
    }
}
