package dev.sandboxer.lifecycle;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.lifecycle.state.Attempt;
import dev.sandboxer.lifecycle.state.Attempt.End;
import dev.sandboxer.lifecycle.state.AttemptStore;
import dev.sandboxer.lifecycle.state.Cause;
import dev.sandboxer.lifecycle.state.Conflicts;
import dev.sandboxer.lifecycle.state.EndReason;
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
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends sandboxes: first the row that says so, if the disk has room for it, then the backend, then the row that it is done.
 * Thread-safe.
 */
final class Termination {
    /** How it is called that we no longer have a key. */
    private static final Set<ErrorCode> NO_KEY = EnumSet.of(
            ErrorCode.CREDENTIAL_MISSING,
            ErrorCode.CREDENTIAL_INVALID,
            ErrorCode.CREDENTIAL_UNDECRYPTABLE,
            ErrorCode.MASTER_KEY_UNUSABLE);

    /** How long after its deadline a sandbox has ended for certain, though clocks differ. */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

    private final Database database;
    private final SandboxStore sandboxes;
    private final AttemptStore attempts;
    private final Transitions transitions;
    private final Backends backends;
    private final Leases leases;
    private final String installation;
    private final InstantSource clock;

    /** Ends for whose row the disk had no room. */
    private final Map<SandboxId, UnrecordedEnd> unrecorded = new ConcurrentHashMap<>();

    private record UnrecordedEnd(EndReason reason, Instant at) {}

    Termination(
            Database database,
            SandboxStore sandboxes,
            AttemptStore attempts,
            Transitions transitions,
            Backends backends,
            Leases leases,
            String installation,
            InstantSource clock) {
        this.database = database;
        this.sandboxes = sandboxes;
        this.attempts = attempts;
        this.transitions = transitions;
        this.backends = backends;
        this.leases = leases;
        this.installation = installation;
        this.clock = clock;
    }

    /**
     * Ends a sandbox if it is as it was seen: a decision made by what was seen must not end what it has become since. One that
     * has ended stays as it is.
     *
     * @throws SandboxException {@code CONFLICT} when it was changed since; {@code BACKEND_FAILED} when the backend could not be
     *     told, it stays STOPPING then, and repair tries again; {@code DISK_FULL} when it has ended and that could not be recorded
     */
    Sandbox end(Sandbox seen, EndReason reason) {
        return leases.alone(seen.id(), () -> {
            var current = sandboxes.current(seen);
            if (current.state().ended()) {
                return current;
            }
            Conflicts.requireUnchanged(seen, current);
            return endNow(current, reason);
        });
    }

    /** Ends a sandbox whatever has become of it. */
    Sandbox endAnyway(Sandbox sandbox, EndReason reason) {
        return Conflicts.retry(() -> end(sandboxes.current(sandbox), reason));
    }

    private Sandbox endNow(Sandbox sandbox, EndReason reason) {
        if (!leases.worker().reaches(sandbox.host())) {
            return sandbox.state() == SandboxState.STOPPING
                    ? sandbox
                    : transitions.leave(sandbox, sandbox.stopping(reason), Cause.END_BEGUN);
        }
        var stopping = sandbox.state() == SandboxState.STOPPING ? sandbox : intend(sandbox, reason);
        var why = stopping.reason() == null ? reason : stopping.reason();
        try {
            destroyAll(stopping);
        } catch (ExtensionException | SandboxException e) {
            if (isOutOfReach(stopping, e)) {
                giveUpAttempts(stopping);
                why = mayBeKept(stopping) ? EndReason.LOST : why;
            } else if (e instanceof SandboxException named) {
                throw named;
            } else {
                var noted = sandbox.state() == SandboxState.STOPPING || stopping.version() != sandbox.version();
                throw couldNotEnd(stopping, noted, e);
            }
        }
        return record(stopping, why, clock.instant());
    }

    /** Returns true if its backend keeps it until it is told otherwise, which nobody can do any more. */
    private static boolean mayBeKept(Sandbox sandbox) {
        return sandbox.pausedAt() != null;
    }

    /**
     * Writes down that it is to end. Where the disk is full the end goes on without that, because nothing frees as much space
     * as an end: if we die before it is recorded, the sandbox is one that its backend no longer has.
     */
    private Sandbox intend(Sandbox sandbox, EndReason reason) {
        var stopping = sandbox.stopping(reason);
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
     * Writes that it has ended. What an earlier try could not write counts: that was the true end.
     *
     * @throws SandboxException {@code DISK_FULL}, and the end is remembered until it can be written, or this process ends
     */
    private Sandbox record(Sandbox sandbox, EndReason reason, Instant at) {
        var end = unrecorded.getOrDefault(sandbox.id(), new UnrecordedEnd(reason, at));
        try {
            var ended = transitions.commit(sandbox, sandbox.ended(end.reason(), end.at()), Cause.ENDED);
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
     * Writes the ends that could not be written before. Call it before what runs is measured.
     *
     * @throws SandboxException as {@link #record}
     */
    void recordLate() {
        for (SandboxId id : Set.copyOf(unrecorded.keySet())) {
            leases.alone(id, () -> {
                var current = sandboxes.find(id).filter(it -> !it.state().ended());
                if (current.isEmpty()) {
                    unrecorded.remove(id);
                }
                return current.map(it -> record(it, EndReason.KILLED, clock.instant()));
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
     * Returns true if its account is out of our reach, the key being refused or lost, and its time is up: then its backend has
     * ended it, or will never make it.
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
                            End.nothing(clock.instant(), "its account can't be reached, and its time is up"));
                    attempts.lookedAgain(handle, attempt, clock.instant());
                });
            }
        }
    }

    /** Destroys the one it runs as, and whatever an attempt with unknown outcome may have left. */
    private void destroyAll(Sandbox sandbox) {
        destroy(sandbox);
        for (Attempt attempt : attempts.of(sandbox.id())) {
            if (attempt.outcome() == null) {
                var undone = destroyWhatItMade(attempt);
                database.write(handle -> {
                    attempts.record(handle, attempt, End.nothing(clock.instant(), "undone"));
                    if (undone) {
                        attempts.lookedAgain(handle, attempt, clock.instant());
                    }
                });
            }
        }
    }

    /** Absent is success, and what is left of its disk is freed. */
    private void destroy(Sandbox sandbox) {
        if (sandbox.ref() != null) {
            backends.of(sandbox.extension(), sandbox.credential()).destroy(sandbox.ref());
        }
    }

    /** Returns true if there was something. */
    private boolean destroyWhatItMade(Attempt attempt) {
        var backend = backends.of(attempt.extension(), attempt.credential());
        var found = find(backend, attempt);
        found.map(BackendSandbox::ref).ifPresent(backend::destroy);
        return found.isPresent();
    }

    /**
     * Looks at an attempt of which nothing was found when it was given up: a request that was on its way then may have been
     * answered since.
     *
     * @return true if it had made something, which is ended now
     */
    boolean lookAgain(Sandbox sandbox, Attempt attempt) {
        var made = false;
        try {
            made = destroyWhatItMade(attempt);
        } catch (ExtensionException | SandboxException e) {
            if (!isTimeUp(sandbox)) {
                throw e;
            }
        }
        database.write(handle -> attempts.lookedAgain(handle, attempt, clock.instant()));
        return made;
    }

    /** What an attempt has made, if its backend has it. */
    Optional<BackendSandbox> find(Backend backend, Attempt attempt) {
        return backend.find(attempt.tag(installation));
    }

    /** Records the end of a sandbox that its backend no longer has: at its deadline, or now and nobody knows why. */
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
        var expired = !now.isBefore(sandbox.deadline()) && (reached || !mayBeKept(sandbox));
        return record(sandbox, expired ? timeUp(sandbox) : EndReason.LOST, expired ? sandbox.deadline() : now);
    }

    /** Why a sandbox ends whose deadline has passed. */
    static EndReason timeUp(Sandbox sandbox) {
        return sandbox.isShortOfCredit() ? EndReason.BUDGET : EndReason.EXPIRED;
    }

    /** Returns true if its backend still has it; false too if that can't be asked any more and its time is up. */
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
