package dev.sandboxer.lifecycle;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.lifecycle.state.Attempt;
import dev.sandboxer.lifecycle.state.Attempt.End;
import dev.sandboxer.lifecycle.state.AttemptStore;
import dev.sandboxer.lifecycle.state.Cause;
import dev.sandboxer.lifecycle.state.Conflicts;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.Ending;
import dev.sandboxer.lifecycle.state.Funding;
import dev.sandboxer.lifecycle.state.Leases;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.state.SandboxStore;
import dev.sandboxer.lifecycle.state.Transitions;
import dev.sandboxer.routing.Backends;
import dev.sandboxer.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends sandboxes in three steps: writes the intent, destroys the sandbox at its backend, writes the end. If the disk is full, the first
 * step is skipped. Thread-safe.
 */
final class Termination {
    /** The errors that mean that the key is missing or unusable. */
    private static final Set<ErrorCode> NO_KEY = EnumSet.of(
            ErrorCode.CREDENTIAL_MISSING,
            ErrorCode.CREDENTIAL_INVALID,
            ErrorCode.CREDENTIAL_UNDECRYPTABLE,
            ErrorCode.MASTER_KEY_UNUSABLE);

    /** A sandbox has certainly ended this long after its deadline, even if the backend's clock differs. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

    private final Database database;
    private final SandboxStore sandboxes;
    private final AttemptStore attempts;
    private final Transitions transitions;
    private final Backends backends;
    private final Funding funding;
    private final Leases leases;
    private final String installation;
    private final InstantSource clock;

    /** Ends that could not be written because the disk was full. */
    private final Map<SandboxId, UnrecordedEnd> unrecorded = new ConcurrentHashMap<>();

    private record UnrecordedEnd(Ending ending, Instant at) {}

    Termination(
            Database database,
            SandboxStore sandboxes,
            AttemptStore attempts,
            Transitions transitions,
            Backends backends,
            Funding funding,
            Leases leases,
            String installation,
            InstantSource clock) {
        this.database = database;
        this.sandboxes = sandboxes;
        this.attempts = attempts;
        this.transitions = transitions;
        this.backends = backends;
        this.funding = funding;
        this.leases = leases;
        this.installation = installation;
        this.clock = clock;
    }

    /**
     * Ends a sandbox unless it has changed since the caller read it: the decision to end it may no longer be right. Does nothing if it has
     * already ended.
     *
     * @param seen the sandbox as the caller read it
     * @throws SandboxException {@code CONFLICT} when the sandbox has changed; {@code BACKEND_FAILED} when the backend failed: the
     *     sandbox stays STOPPING, and repair tries again; {@code DISK_FULL} when the sandbox has ended but the end could not be written
     */
    Sandbox end(Sandbox seen, EndReason reason) {
        return end(seen, Ending.of(reason));
    }

    private Sandbox end(Sandbox seen, Ending ending) {
        return leases.exclusively(seen.id(), () -> {
            var current = sandboxes.current(seen);
            if (current.state().ended()) {
                return current;
            }
            Conflicts.requireUnchanged(seen, current);
            return endNow(current, ending);
        });
    }

    /** Ends a sandbox, even if it has changed since the caller read it. */
    Sandbox endAnyway(Sandbox sandbox, Ending ending) {
        return Conflicts.retry(() -> end(sandboxes.current(sandbox), ending));
    }

    private Sandbox endNow(Sandbox sandbox, Ending ending) {
        if (!leases.worker().reaches(sandbox.host())) {
            return sandbox.state() == SandboxState.STOPPING
                    ? sandbox
                    : transitions.leave(sandbox, sandbox.stopping(ending), Cause.END_BEGUN);
        }
        var stopping = sandbox.state() == SandboxState.STOPPING ? sandbox : intend(sandbox, ending);
        var how = stopping.ending() == null ? ending : stopping.ending();
        try {
            destroyAll(stopping);
        } catch (ExtensionException | SandboxException e) {
            if (isOutOfReach(stopping, e)) {
                giveUpAttempts(stopping);
                how = isKeptIndefinitely(stopping) ? Ending.of(EndReason.LOST) : how;
            } else if (e instanceof SandboxException named) {
                throw named;
            } else {
                var noted = sandbox.state() == SandboxState.STOPPING || stopping.version() != sandbox.version();
                throw couldNotEnd(stopping, noted, e);
            }
        }
        return record(stopping, how, clock.instant());
    }

    /** Returns true if the backend may keep the sandbox indefinitely: a paused sandbox ends only on request. */
    private static boolean isKeptIndefinitely(Sandbox sandbox) {
        return sandbox.pausedAt() != null;
    }

    /**
     * Writes the intent to end. If the disk is full, the sandbox is ended without it, since that frees space. If this process dies before
     * the end is written, repair finds that the backend no longer has the sandbox.
     */
    private Sandbox intend(Sandbox sandbox, Ending ending) {
        var stopping = sandbox.stopping(ending);
        try {
            return transitions.commit(sandbox, stopping, Cause.END_BEGUN);
        } catch (SandboxException e) {
            if (e.code() == ErrorCode.DISK_FULL) {
                return stopping;
            }
            throw e;
        }
    }

    /**
     * Writes the end. If an earlier end could not be written, its time and reason are used: that is when the sandbox really ended.
     *
     * @throws SandboxException {@code DISK_FULL}; the end is kept in memory until it can be written or this process ends
     */
    private Sandbox record(Sandbox sandbox, Ending ending, Instant at) {
        var end = unrecorded.getOrDefault(sandbox.id(), new UnrecordedEnd(ending, at));
        try {
            var ended = transitions.commit(sandbox, sandbox.ended(end.ending(), end.at()), Cause.ENDED);
            unrecorded.remove(sandbox.id());
            return ended;
        } catch (SandboxException e) {
            if (e.code() == ErrorCode.DISK_FULL) {
                unrecorded.put(sandbox.id(), end);
            }
            throw e;
        }
    }

    /**
     * Writes the ends that could not be written before. Call it before usage is measured, since until then the sandboxes count as running.
     *
     * @throws SandboxException as {@link #record}
     */
    void recordUnwritten() {
        for (SandboxId id : Set.copyOf(unrecorded.keySet())) {
            leases.exclusively(id, () -> {
                var current = sandboxes.find(id).filter(it -> !it.state().ended());
                if (current.isEmpty()) {
                    unrecorded.remove(id);
                }
                return current.map(it -> record(it, Ending.of(EndReason.KILLED), clock.instant()));
            });
        }
    }

    private static SandboxException couldNotEnd(Sandbox sandbox, boolean noted, RuntimeException e) {
        return new SandboxException(
                ErrorCode.BACKEND_FAILED,
                sandbox.extension() + " could not end sandbox " + sandbox.id() + ": " + e.getMessage()
                        + (noted ? "; the next sandboxer command tries again" : "; try again"),
                e);
    }

    /**
     * Returns true if the key of the sandbox's account is refused or lost, and its deadline has passed. The backend has then ended the
     * sandbox, or will never create it.
     */
    private boolean isOutOfReach(Sandbox sandbox, RuntimeException e) {
        var lost = e instanceof ExtensionException refusal && refusal.kind() == Kind.CREDENTIAL
                || e instanceof SandboxException failure && NO_KEY.contains(failure.code());
        return lost && isTimeUp(sandbox);
    }

    private boolean isTimeUp(Sandbox sandbox) {
        return !clock.instant().isBefore(sandbox.backendDeadline().plus(CLOCK_SKEW));
    }

    private void giveUpAttempts(Sandbox sandbox) {
        for (Attempt attempt : attempts.of(sandbox.id())) {
            if (attempt.outcome() == null) {
                database.write(handle -> {
                    attempts.record(
                            handle,
                            attempt,
                            End.nothing(clock.instant(), "its account can't be reached, and its deadline has passed"));
                    attempts.lookedAgain(handle, attempt, clock.instant());
                });
            }
        }
    }

    /** Destroys the sandbox, and what its attempts with unknown outcome may have created. */
    private void destroyAll(Sandbox sandbox) {
        destroy(sandbox);
        for (Attempt attempt : attempts.of(sandbox.id())) {
            if (attempt.outcome() == null) {
                var undone = destroyCreated(attempt);
                database.write(handle -> {
                    attempts.record(handle, attempt, End.nothing(clock.instant(), "undone"));
                    if (undone) {
                        attempts.lookedAgain(handle, attempt, clock.instant());
                    }
                });
            }
        }
    }

    /** Destroys the sandbox at its backend. If the sandbox is already gone, this frees what is left of its disk. */
    private void destroy(Sandbox sandbox) {
        if (sandbox.ref() != null) {
            funding.read(List.of(sandbox)); // the counters disappear with the sandbox
            backends.of(sandbox.extension(), sandbox.credential()).destroy(sandbox.ref());
        }
    }

    /** Destroys the sandbox that an attempt created. Returns false if there is none. */
    private boolean destroyCreated(Attempt attempt) {
        var backend = backends.of(attempt.extension(), attempt.credential());
        var found = find(backend, attempt);
        found.map(BackendSandbox::ref).ifPresent(backend::destroy);
        return found.isPresent();
    }

    /**
     * Looks again for the sandbox of a given-up attempt: the backend may have created it after the first look-up.
     *
     * @return true if there was a sandbox; it is now destroyed
     */
    boolean findAgain(Sandbox sandbox, Attempt attempt) {
        var made = false;
        try {
            made = destroyCreated(attempt);
        } catch (ExtensionException | SandboxException e) {
            if (!isTimeUp(sandbox)) {
                throw e;
            }
        }
        database.write(handle -> attempts.lookedAgain(handle, attempt, clock.instant()));
        return made;
    }

    /** Finds the sandbox that an attempt created, by its tag. */
    Optional<BackendSandbox> find(Backend backend, Attempt attempt) {
        return backend.find(attempt.tag(installation));
    }

    /** Writes the end of a sandbox that its backend no longer has: at its deadline if that has passed, else now. */
    Sandbox recordGone(Sandbox sandbox) {
        var reached = true;
        try {
            destroy(sandbox);
        } catch (ExtensionException | SandboxException e) {
            if (!isOutOfReach(sandbox, e)) {
                throw e;
            }
            reached = false;
        }
        var now = clock.instant();
        var expired = !now.isBefore(sandbox.deadline()) && (reached || !isKeptIndefinitely(sandbox));
        if (expired) {
            return record(sandbox, Ending.of(timeUp(sandbox)), sandbox.deadline());
        }
        return record(sandbox, Ending.of(wasIdle(sandbox, now) ? EndReason.IDLE : EndReason.LOST), now);
    }

    /** Returns true if the backend ends idle sandboxes and this one has run longer than its idle timeout. */
    private boolean wasIdle(Sandbox sandbox, Instant now) {
        var idle = sandbox.terms().idleTimeout();
        var start = sandbox.startedAt();
        return idle != null
                && start != null
                && !now.isBefore(start.plus(idle))
                && backends.has(sandbox.extension(), Capability.IDLE_TIMEOUT);
    }

    /** Returns the reason for the end of a sandbox whose deadline has passed. */
    static EndReason timeUp(Sandbox sandbox) {
        return sandbox.isShortOfCredit() ? EndReason.BUDGET : EndReason.EXPIRED;
    }

    /** Returns true if the backend still has the sandbox. Also false if the account is out of reach and the deadline has passed. */
    boolean exists(Sandbox sandbox) {
        var ref = sandbox.ref();
        if (ref == null) {
            return false;
        }
        try {
            return backends.of(sandbox.extension(), sandbox.credential())
                    .describe(ref)
                    .isPresent();
        } catch (ExtensionException | SandboxException e) {
            if (isOutOfReach(sandbox, e)) {
                return false;
            }
            throw e;
        }
    }
}
