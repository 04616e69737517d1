package dev.sandboxer.testing;

import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.extension.feature.Pausing;
import dev.sandboxer.extension.session.Session;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * A backend whose sandboxes are folders. A folder is named after the tag, has the deadline in a file, and another file while the sandbox is
 * paused. Calls hold no lock, so a process that is stopped or killed in a call disturbs no other. Each call takes a random time before and
 * after its effect.
 */
record FolderBackend(Path folder) implements Backend, Pausing {
    private static final int MAX_DELAY_MS = 40;

    private interface Effect<T> {
        T take() throws IOException;
    }

    private static <T> T call(Effect<T> effect) {
        travel();
        try {
            return effect.take();
        } catch (NoSuchFileException e) {
            throw ExtensionException.notApplied(Kind.GONE, e.getMessage() + " is gone");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            travel();
        }
    }

    /** Waits for the random time that a request or an answer takes. */
    private static void travel() {
        LockSupport.parkNanos(Duration.ofMillis(ThreadLocalRandom.current().nextInt(MAX_DELAY_MS))
                .toNanos());
    }

    private Path running() {
        return folder.resolve("running");
    }

    private Path home(BackendRef ref) {
        return running().resolve(ref.value());
    }

    /** Writes a file atomically. Fails if its folder is gone. */
    private static void write(Path file, Instant instant) throws IOException {
        var fresh = file.resolveSibling(UUID.randomUUID().toString());
        Files.writeString(fresh, instant.toString());
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void check() {}

    @Override
    public BackendSandbox create(CreateRequest request) {
        return call(() -> {
            var fresh = Files.createDirectory(folder.resolve(UUID.randomUUID().toString()));
            write(fresh.resolve("deadline"), request.deadline());
            var ref = new BackendRef(request.tag().toString());
            try {
                Files.move(fresh, home(ref), StandardCopyOption.ATOMIC_MOVE);
            } catch (FileAlreadyExistsException e) {
                throw ExtensionException.notApplied(Kind.INVALID, "the tag " + request.tag() + " is taken");
            }
            return read(home(ref)).orElseThrow();
        });
    }

    private static Optional<BackendSandbox> read(Path home) throws IOException {
        try {
            var name = home.getFileName().toString();
            return Optional.of(new BackendSandbox(
                    new BackendRef(name),
                    SandboxTag.parse(name),
                    TestInstallation.SIZE,
                    Files.getLastModifiedTime(home).toInstant(),
                    Instant.parse(Files.readString(home.resolve("deadline"))),
                    Files.exists(home.resolve("paused"))));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<BackendSandbox> find(SandboxTag tag) {
        return describe(new BackendRef(tag.toString()));
    }

    @Override
    public Optional<BackendSandbox> describe(BackendRef sandbox) {
        return call(() -> read(home(sandbox)));
    }

    @Override
    public List<BackendSandbox> list() {
        return call(this::all);
    }

    private List<BackendSandbox> all() throws IOException {
        try (var homes = Files.list(running())) {
            var all = new ArrayList<BackendSandbox>();
            for (Path home : homes.toList()) {
                read(home).ifPresent(all::add);
            }
            return all;
        }
    }

    @Override
    public Instant setDeadline(BackendRef sandbox, Instant deadline) {
        return call(() -> {
            write(home(sandbox).resolve("deadline"), deadline);
            return deadline;
        });
    }

    @Override
    public void destroy(BackendRef sandbox) {
        call(() -> {
            try {
                return Files.move(
                        home(sandbox), folder.resolve(UUID.randomUUID().toString()));
            } catch (NoSuchFileException e) {
                return folder; // absent is success
            }
        });
    }

    @Override
    public void pause(BackendRef sandbox, Instant deadline) {
        call(() -> {
            write(home(sandbox).resolve("paused"), deadline);
            write(home(sandbox).resolve("deadline"), deadline);
            return deadline;
        });
    }

    @Override
    public Instant resume(BackendRef sandbox, Instant deadline) {
        return call(() -> {
            write(home(sandbox).resolve("deadline"), deadline);
            Files.deleteIfExists(home(sandbox).resolve("paused"));
            return deadline;
        });
    }

    @Override
    public Session connect(BackendRef ref) {
        return new FakeSession(() -> {}, null);
    }

    @Override
    public void close() {}
}
