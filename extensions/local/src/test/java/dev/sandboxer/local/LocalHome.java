package dev.sandboxer.local;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.ExtensionContext;
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
 * A directory of local sandboxes, with a clock that can be put forward. Closing it destroys what is left.
 *
 * @param installation random, as control groups are named after it
 */
record LocalHome(Path directory, String installation, OwnClock clock, PausingBackend backend) implements AutoCloseable {
    static final SandboxSize SMALL = new SandboxSize(1000, 128, 64);

    private static final AtomicInteger COUNT = new AtomicInteger();

    /** Ahead of the host's by what the test says. */
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
        assumeTrue(
                HostUser.isRoot() && HostCgroups.ofThisProcess().canPauseAndMeasure(),
                "control groups that stop and count, as root");
        var directory = Files.createTempDirectory("sbx");
        var installation = "u" + Long.toString(ThreadLocalRandom.current().nextLong(1L << 40), 36);
        return in(directory, installation, root);
    }

    /** The same sandboxes seen by another backend object, perhaps in another process. */
    static LocalHome in(Path directory, String installation, RootSource root) {
        var clock = new OwnClock();
        var context = new ExtensionContext(installation, directory, clock);
        var backend = root == RootSource.IMAGE
                ? new SnapshottingBackend(new LocalExtension(), context, Timeouts.DEFAULT)
                : new PausingBackend(new LocalExtension(), context, root, Timeouts.DEFAULT);
        return new LocalHome(directory, installation, clock, backend);
    }

    /** With disk images, which can be kept. */
    static LocalHome withImages() throws IOException {
        assumeTrue(RootSource.ofThisHost() == RootSource.IMAGE, "loop devices and mkfs.ext4");
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

    /** What a shell in the sandbox says. */
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
