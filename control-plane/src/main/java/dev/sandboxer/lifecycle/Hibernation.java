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
import java.util.function.UnaryOperator;

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
        return announced(sandbox, this::paused);
    }

    /** The same, but only as it was seen: whose time was up then may have more now. */
    Sandbox pauseUnchanged(Sandbox seen) {
        return announced(seen, current -> {
            Conflicts.requireUnchanged(seen, current);
            return paused(current);
        });
    }

    private Sandbox paused(Sandbox current) {
        Sandboxes.requireRunning(current);
        var now = now();
        return current.pausing(now, now.plus(KEPT));
    }

    /** Told of before anybody can resume it: what is under way in it by then is not to be cut. */
    private Sandbox announced(Sandbox seen, UnaryOperator<Sandbox> pause) {
        return InProgress.alone(seen.id(), () -> {
            var paused = change(seen, pause);
            listeners.forEach(listener -> listener.accept(paused.id()));
            return paused;
        });
    }

    private Instant now() {
        return Instant.ofEpochMilli(clock.millis());
    }

    void onPause(Consumer<SandboxId> listener) {
        listeners.add(listener);
    }

    /**
     * Lets it go on for that long.
     *
     * @throws SandboxException {@code CONFLICT} when it is not paused
     */
    Sandbox resume(Sandbox sandbox, Duration ttl) {
        return change(sandbox, current -> {
            Sandboxes.requireThere(current);
            if (current.state() != SandboxState.PAUSED) {
                throw new SandboxException(ErrorCode.CONFLICT, "sandbox " + current.id() + " is not paused");
            }
            var now = now();
            return current.resuming(now, now.plus(ttl));
        });
    }

    /** As it is once nobody in this process is changing it. */
    Sandbox settled(Sandbox sandbox) {
        return sandbox.transition() == null ? sandbox : InProgress.alone(sandbox.id(), () -> rows.current(sandbox));
    }

    /**
     * @param wanted what becomes of it as it is now, which may not be as the caller has seen it
     */
    private Sandbox change(Sandbox seen, UnaryOperator<Sandbox> wanted) {
        return InProgress.alone(seen.id(), () -> {
            var before = rows.current(seen);
            requireSettled(before);
            pausing(before);
            var written = store.transaction(handle -> rows.update(handle, wanted.apply(before)));
            try {
                return told(written);
            } catch (ExtensionException e) {
                if (e.effect() == Effect.NOT_APPLIED && e.kind() != ExtensionException.Kind.GONE) {
                    store.write(handle -> rows.update(handle, written.unchanged(before)));
                }
                throw e;
            }
        });
    }

    private static void requireSettled(Sandbox sandbox) {
        if (sandbox.transition() != null && InProgress.inOtherHands(sandbox)) {
            throw new SandboxException(
                    ErrorCode.CONFLICT,
                    "another process is just pausing or resuming sandbox " + sandbox.id() + "; try again");
        }
    }

    /**
     * Tells the backend again what was written down, after a crash.
     *
     * @throws SandboxException {@code CONFLICT} when something else has been written down since it was seen
     */
    Sandbox finish(Sandbox seen) {
        return InProgress.alone(seen.id(), () -> {
            Conflicts.requireUnchanged(seen, rows.current(seen));
            return told(seen);
        });
    }

    /** Tells its backend what was written down, and writes down that it was told. */
    private Sandbox told(Sandbox sandbox) {
        var ref = Objects.requireNonNull(sandbox.ref());
        var done = switch (Objects.requireNonNull(sandbox.transition())) {
            case PAUSE -> {
                pausing(sandbox).pause(ref, sandbox.deadline());
                yield sandbox.settled();
            }
            case RESUME -> granted(sandbox.settled(), pausing(sandbox).resume(ref, backendDeadline(sandbox)));
        };
        return store.transaction(handle -> rows.update(handle, done));
    }

    /** The same with no more time than its backend gives it. */
    Sandbox granted(Sandbox sandbox, Instant byBackend) {
        var latest = ownDeadline(sandbox.terms().onTimeout(), byBackend, clock.instant());
        return latest.isBefore(sandbox.deadline()) ? sandbox.until(latest) : sandbox;
    }

    /** When we have to act, given when its backend does: for one that shall pause, some time before it is ended. */
    static Instant ownDeadline(OnTimeout onTimeout, Instant byBackend, Instant now) {
        if (onTimeout == OnTimeout.KILL) {
            return byBackend;
        }
        var part = Duration.between(now, byBackend).dividedBy(4);
        return byBackend.minus(part.compareTo(GRACE) < 0 ? part : GRACE);
    }

    private Pausing pausing(Sandbox sandbox) {
        var extension = Objects.requireNonNull(sandbox.extension());
        if (backends.of(extension, sandbox.credential()) instanceof Pausing pausing) {
            return pausing;
        }
        throw new SandboxException(ErrorCode.UNSUPPORTED, extension + " can't pause sandboxes");
    }
}
