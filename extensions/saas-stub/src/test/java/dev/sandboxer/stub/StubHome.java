package dev.sandboxer.stub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.Credential;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.feature.Snapshotting;
import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.extension.spec.SandboxSpec;
import dev.sandboxer.extension.spec.Source;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The directory of a rehearsed cloud, with a clock that can be put forward. Closing it destroys all sandboxes and
 * checks that nothing is left.
 */
record StubHome(Path directory, OwnClock clock) implements AutoCloseable {
    private static final SandboxSize SIZE = new SandboxSize(1000, 128, 64);

    /** A clock that tests can put ahead of the host's. */
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

    static StubHome open() throws IOException {
        return in(Files.createTempDirectory("sbx"));
    }

    /** Returns a home on an existing directory, as another process would have it. */
    static StubHome in(Path directory) {
        return new StubHome(directory, new OwnClock());
    }

    /** Opens the cloud with a plan. */
    Backend backend(String plan) {
        return new SaasStubExtension(plan).open(context(), Credential.none());
    }

    /** Opens the cloud without faults. */
    Backend backend() {
        return backend("");
    }

    ExtensionContext context() {
        return new ExtensionContext("stub", directory, clock);
    }

    CreateRequest request() {
        return request("base");
    }

    CreateRequest request(String template) {
        var spec = SandboxSpec.builder(new Source.Template(template), SIZE).build();
        var id = new BigInteger(80, ThreadLocalRandom.current()).toString(36);
        return new CreateRequest(
                new SandboxTag("stub", id, 1), spec, clock.instant().plus(Duration.ofMinutes(5)));
    }

    /** Returns the directories of all sandboxes on this host, known to the cloud or not. */
    List<Path> folders() throws IOException {
        return entries(directory.resolve("local/s"));
    }

    List<Path> notes() throws IOException {
        return entries(directory.resolve("notes"));
    }

    private static List<Path> entries(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (var entries = Files.list(directory)) {
            return entries.toList();
        }
    }

    @Override
    public void close() throws IOException {
        try (var backend = backend()) {
            clock.putForward(
                    Duration.ofHours(1)); // shows hidden sandboxes and makes leftover notes old enough to remove
            backend.list().forEach(sandbox -> backend.destroy(sandbox.ref()));
            assertThat(backend.list()).as("sandboxes left").isEmpty();
            if (backend instanceof Snapshotting keeping) {
                keeping.snapshots().forEach(snapshot -> keeping.deleteSnapshot(snapshot.name()));
                assertThat(keeping.snapshots()).as("snapshots left").isEmpty();
            }
        }
        assertThat(folders()).as("directories of sandboxes left").isEmpty();
        assertThat(notes()).as("notes left").isEmpty();
        try (var files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
