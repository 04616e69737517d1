package dev.sandboxer.http.modal.router;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.hosts.Place;
import dev.sandboxer.http.modal.edge.SandboxNotes;
import dev.sandboxer.http.modal.router.exec.Executions;
import dev.sandboxer.lifecycle.Sandboxes;
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
 * Idle timeouts: the deadline of such a sandbox is never much later than its last use and the idle timeout allow, and moves on with
 * each use. So its backend ends it, whether this server is there or not. A command that runs is use, and so is a connection
 * through a tunnel; the main process is not.
 * Thread-safe.
 */
public final class IdleTimeouts {
    private static final Logger LOG = LoggerFactory.getLogger(IdleTimeouts.class);
    private static final Duration SHORTEST_STEP = Duration.ofSeconds(1);
    private static final Duration LONGEST_STEP = Duration.ofMinutes(1);

    private final Sandboxes sandboxes;
    private final Executions executions;
    private final Predicate<SandboxId> connected;
    private final Function<Sandbox, Profile> profiles;
    private final InstantSource clock;
    private final Map<SandboxId, Watched> watched = new ConcurrentHashMap<>();

    /** Sandboxes that were looked at. */
    private final Set<SandboxId> seen = ConcurrentHashMap.newKeySet();

    /** @param connected whether somebody is connected to a port of a sandbox just now */
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
     * Begins with a new sandbox: unless it is used, it ends after its idle timeout. Does nothing for one without.
     *
     * @throws SandboxException {@code UNSUPPORTED} when its backend can't move deadlines
     */
    public void begin(Sandbox sandbox) {
        seen.add(sandbox.id());
        if (SandboxNotes.of(sandbox).idleTimeout().isPresent()) {
            var fresh = new Watched(sandbox, clock.instant());
            fresh.move();
            watched.put(sandbox.id(), fresh);
        }
    }

    /** Notes that a sandbox is in use. */
    public void inUse(Sandbox sandbox) {
        var known = watched.get(sandbox.id());
        if (known != null) {
            known.used = clock.instant();
        }
    }

    /** Moves the deadlines of sandboxes that were used; often enough for idle timeouts of a second. For a schedule. */
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

    /** Watches those that were made before this server started. For a schedule. */
    void sweep() {
        var live = Set.copyOf(sandboxes.live());
        seen.retainAll(live);
        for (SandboxId id : live) {
            if (seen.add(id)) {
                sandboxes.find(id).ifPresent(this::watch);
            }
        }
    }

    private void watch(Sandbox sandbox) {
        if (sandbox.state() == SandboxState.RUNNING
                && SandboxNotes.of(sandbox).idleTimeout().isPresent()
                && sandboxes.hosts().of(sandbox.host()) instanceof Place.Here) {
            watched.putIfAbsent(sandbox.id(), new Watched(sandbox, clock.instant()));
        }
    }

    /** A sandbox with an idle timeout. */
    private final class Watched {
        private final Sandbox sandbox;
        private final Duration idle;
        private final Duration step;
        private final Instant latest;
        private final AtomicBoolean moving = new AtomicBoolean();
        private volatile Instant used;
        private volatile Instant deadline;
        private volatile Instant nextTry = Instant.MIN;

        Watched(Sandbox sandbox, Instant now) {
            var notes = SandboxNotes.of(sandbox);
            this.sandbox = sandbox;
            this.idle = notes.idleTimeout().orElseThrow();
            this.step = step(idle);
            this.deadline = sandbox.deadline();
            this.latest = notes.timeout().map(sandbox.createdAt()::plus).orElse(deadline);
            var before = deadline.minus(idle).minus(step);
            this.used = before.isBefore(now) ? before : now;
        }

        boolean isOver(Instant now) {
            return deadline.isBefore(now);
        }

        boolean needsMore(Instant now) {
            return used.plus(idle).isAfter(deadline) && deadline.isBefore(latest) && nextTry.isBefore(now);
        }

        /** Lets no slow backend keep the others waiting. */
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
                            .log("can't move the deadline of a sandbox that is in use");
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

    /** How far the deadline moves ahead of need, so that it doesn't move with each command. */
    private static Duration step(Duration idle) {
        var quarter = idle.dividedBy(4);
        return quarter.compareTo(SHORTEST_STEP) < 0
                ? SHORTEST_STEP
                : quarter.compareTo(LONGEST_STEP) > 0 ? LONGEST_STEP : quarter;
    }
}
