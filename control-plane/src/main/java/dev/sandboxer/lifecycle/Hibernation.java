package dev.sandboxer.lifecycle;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.Pausing;
import dev.sandboxer.routing.Backends;
import dev.sandboxer.store.Store;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Pausing and resuming. The row says what shall be, then the backend is told, then the row that it is so; whoever finds a
 * row between the two tells the backend again, which does no harm.
 */
final class Hibernation {
    /** How long a paused sandbox is kept. */
    static final Duration KEPT = Duration.ofDays(30);

    /** A sandbox that shall pause at its deadline is given this much longer by its backend, which ends what nobody pauses. */
    private static final Duration GRACE = Duration.ofMinutes(2);

    private final Store store;
    private final SandboxStore rows;
    private final Backends backends;
    private final InstantSource clock;
    private final List<Consumer<SandboxId>> listeners = new CopyOnWriteArrayList<>();

    Hibernation(Store store, SandboxStore rows, Backends backends, InstantSource clock) {
        this.store = store;
        this.rows = rows;
        this.backends = backends;
        this.clock = clock;
    }

    /** When its backend ends a running sandbox by itself. */
    static Instant backendDeadline(Sandbox sandbox) {
        return sandbox.terms().onTimeout() == OnTimeout.PAUSE
                ? sandbox.deadline().plus(GRACE)
                : sandbox.deadline();
    }

    /**
     * @throws SandboxException {@code UNSUPPORTED} when its backend can't; {@code CONFLICT} when it was changed meanwhile
     * @throws ExtensionException the backend's failure; with effect {@code NOT_APPLIED} the row is as it was
     */
    Sandbox pause(Sandbox sandbox) {
        pausing(sandbox);
        var now = Instant.ofEpochMilli(clock.millis());
        var paused = change(sandbox, sandbox.pausing(now, now.plus(KEPT)));
        listeners.forEach(listener -> listener.accept(paused.id()));
        return paused;
    }

    void onPause(Consumer<SandboxId> listener) {
        listeners.add(listener);
    }

    /** Lets it go on until then. */
    Sandbox resume(Sandbox sandbox, Instant deadline) {
        pausing(sandbox);
        return change(sandbox, sandbox.resuming(deadline));
    }

    private Sandbox change(Sandbox before, Sandbox wanted) {
        return InProgress.during(before.id(), () -> {
            var written = store.transaction(handle -> rows.update(handle, wanted));
            try {
                tell(written);
            } catch (ExtensionException e) {
                if (e.effect() == Effect.NOT_APPLIED && e.kind() != ExtensionException.Kind.GONE) {
                    store.write(handle -> rows.update(handle, written.unchanged(before)));
                }
                throw e;
            }
            return store.transaction(handle -> rows.update(handle, written.settled()));
        });
    }

    /** Tells the backend again what was written down, after a crash. */
    Sandbox finish(Sandbox sandbox) {
        return InProgress.during(sandbox.id(), () -> {
            tell(sandbox);
            return store.transaction(handle -> rows.update(handle, sandbox.settled()));
        });
    }

    private void tell(Sandbox sandbox) {
        var ref = Objects.requireNonNull(sandbox.ref());
        switch (Objects.requireNonNull(sandbox.transition())) {
            case PAUSE -> pausing(sandbox).pause(ref, sandbox.deadline());
            case RESUME -> pausing(sandbox).resume(ref, backendDeadline(sandbox));
        }
    }

    private Pausing pausing(Sandbox sandbox) {
        var extension = Objects.requireNonNull(sandbox.extension());
        if (backends.of(extension, sandbox.credential()) instanceof Pausing pausing) {
            return pausing;
        }
        throw new SandboxException(ErrorCode.UNSUPPORTED, extension + " can't pause sandboxes");
    }
}
