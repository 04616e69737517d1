package dev.sandboxer.http.modal.router;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.hosts.Place;
import dev.sandboxer.http.modal.edge.ModalMetadata;
import dev.sandboxer.http.modal.router.exec.Executions;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.PendingChange;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.observe.VirtualThreads;
import dev.sandboxer.profiles.Profile;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Implements idle timeouts by moving deadlines. A sandbox's deadline stays a little later than its last use plus its idle timeout, so its
 * backend ends an unused sandbox even when this server is gone. If the backend has idle timeouts of its own, it ends the sandbox itself.
 * A running command counts as use, and so does a connection through a tunnel; the main process doesn't. Thread-safe.
 */
public final class IdleTimeouts {
    private static final Logger LOG = LoggerFactory.getLogger(IdleTimeouts.class);
    private static final Duration MIN_STEP = Duration.ofSeconds(1);
    private static final Duration MAX_STEP = Duration.ofMinutes(1);

    private final Sandboxes sandboxes;
    private final Executions executions;
    private final Predicate<SandboxId> connected;
    private final Function<Sandbox, Profile> profiles;
    private final InstantSource clock;
    private final Map<SandboxId, Watched> watched = new ConcurrentHashMap<>();

    /** Sandboxes that need no watching, so that {@link #sweep} doesn't read them again. */
    private final Set<SandboxId> exempt = ConcurrentHashMap.newKeySet();

    /** @param connected tells if a client is connected to a port of a sandbox */
    IdleTimeouts(
            Sandboxes sandboxes,
            Executions executions,
            Predicate<SandboxId> connected,
            Function<Sandbox, Profile> profiles,
            InstantSource clock) {
        this.sandboxes = sandboxes;
        this.executions = executions;
        this.connected = connected;
        this.profiles = profiles;
        this.clock = clock;
    }

    /**
     * Sets the first deadline of a new sandbox and watches its use. Does nothing for a sandbox without an idle timeout.
     *
     * @throws SandboxException {@code UNSUPPORTED} when its backend can't move deadlines
     */
    public void begin(Sandbox sandbox) {
        if (needsWatching(sandbox)) {
            var fresh = new Watched(sandbox, clock.instant());
            fresh.move();
            watched.put(sandbox.id(), fresh);
        }
    }

    private boolean needsWatching(Sandbox sandbox) {
        return ModalMetadata.of(sandbox).idleTimeout().isPresent() && !sandboxes.endsWhenIdle(sandbox);
    }

    /** Records that a sandbox is used now. */
    public void recordUse(Sandbox sandbox) {
        if (!exempt.contains(sandbox.id())) {
            watch(sandbox); // it may have resumed since the last sweep
        }
        var known = watched.get(sandbox.id());
        if (known != null) {
            known.used = clock.instant();
        }
    }

    /** Moves the deadlines of used sandboxes. Has to run often enough for idle timeouts of one second. */
    void tick() {
        var now = clock.instant();
        watched.forEach((id, it) -> {
            if (executions.isBusy(id) || connected.test(id)) {
                it.used = now;
            }
            if (it.isOver(now)) {
                watched.remove(id);
            } else if (it.needsMore(now)) {
                it.moveSoon();
            }
        });
    }

    /** Watches the sandboxes that were created before this server started, have resumed, or got a later deadline elsewhere. */
    void sweep() {
        var live = Set.copyOf(sandboxes.live());
        exempt.retainAll(live);
        for (SandboxId id : live) {
            if (!exempt.contains(id)) {
                sandboxes.find(id).ifPresent(this::watch);
            }
        }
    }

    private void watch(Sandbox sandbox) {
        exempt.add(sandbox.id()); // first, because the check fails if the extension is not installed
        if (!needsWatching(sandbox) || !(sandboxes.hosts().of(sandbox.host()) instanceof Place.Here)) {
            return;
        }
        exempt.remove(sandbox.id());
        if (sandbox.state() == SandboxState.RUNNING && sandbox.pending() != PendingChange.RESUME) {
            var found = new Watched(sandbox, clock.instant());
            watched.merge(sandbox.id(), found, (known, it) -> known.begun.isBefore(it.begun) ? it : known);
        }
    }

    /** A sandbox with an idle timeout. */
    private final class Watched {
        private final Sandbox sandbox;
        private final Duration idle;
        private final Duration step;

        /** When the sandbox was created or last resumed. */
        private final Instant begun;

        private final Instant latest;
        private final AtomicBoolean moving = new AtomicBoolean();
        private volatile Instant used;
        private volatile Instant deadline;
        private volatile Instant nextTry = Instant.MIN;

        Watched(Sandbox sandbox, Instant now) {
            var metadata = ModalMetadata.of(sandbox);
            this.sandbox = sandbox;
            this.idle = metadata.idleTimeout().orElseThrow();
            this.step = step(idle);
            this.deadline = sandbox.deadline();
            var resumed = sandbox.times().resumedAt();
            this.begun = resumed == null ? sandbox.createdAt() : resumed;
            this.latest = metadata.timeout().map(begun::plus).orElse(deadline);
            var before = deadline.minus(idle).minus(step);
            this.used = before.isBefore(now) ? before : now;
        }

        boolean isOver(Instant now) {
            return deadline.isBefore(now);
        }

        boolean needsMore(Instant now) {
            return used.plus(idle).isAfter(deadline) && deadline.isBefore(latest) && nextTry.isBefore(now);
        }

        /** Moves the deadline on another thread, so that a slow backend doesn't delay the others. */
        void moveSoon() {
            if (moving.compareAndSet(false, true)) {
                VirtualThreads.start("modal-idle-" + sandbox.id(), this::tryMove);
            }
        }

        private void tryMove() {
            try {
                move();
            } catch (RuntimeException e) {
                nextTry = clock.instant().plus(step);
                if (sandboxes.isRunning(sandbox.id())) {
                    LOG.atWarn()
                            .addKeyValue("sandbox", sandbox.id())
                            .setCause(e)
                            .log("can't move the deadline of a sandbox that is in use; trying again");
                }
            } finally {
                moving.set(false);
            }
        }

        void move() {
            var wanted = used.plus(idle).plus(step);
            var until = wanted.isAfter(latest) ? latest : wanted;
            var left = Duration.between(clock.instant(), until);
            deadline = sandboxes
                    .extendAsAllowed(sandbox, left, profiles.apply(sandbox))
                    .deadline();
        }
    }

    /** Returns how far a deadline moves beyond what is needed, so that it doesn't move with each command. */
    private static Duration step(Duration idle) {
        var quarter = idle.dividedBy(4);
        return quarter.compareTo(MIN_STEP) < 0 ? MIN_STEP : quarter.compareTo(MAX_STEP) > 0 ? MAX_STEP : quarter;
    }
}
