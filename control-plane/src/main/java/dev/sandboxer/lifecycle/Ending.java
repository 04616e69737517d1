package dev.sandboxer.lifecycle;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.lifecycle.Attempt.Outcome;
import dev.sandboxer.routing.Backends;
import dev.sandboxer.store.Store;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * How a sandbox ends: first the row that says so, if the disk has room for it, then the backend, then the row that it is
 * done.
 */
final class Ending {
    /** What a key that we no longer have is called. */
    private static final Set<ErrorCode> NO_KEY = EnumSet.of(
            ErrorCode.CREDENTIAL_MISSING,
            ErrorCode.CREDENTIAL_INVALID,
            ErrorCode.CREDENTIAL_UNDECRYPTABLE,
            ErrorCode.MASTER_KEY_UNUSABLE);

    /** After its deadline, for clocks that differ. */
    private static final Duration CERTAINLY = Duration.ofMinutes(5);

    private final Store store;
    private final SandboxStore sandboxes;
    private final Backends backends;
    private final InstantSource clock;

    Ending(Store store, SandboxStore sandboxes, Backends backends, InstantSource clock) {
        this.store = store;
        this.sandboxes = sandboxes;
        this.backends = backends;
        this.clock = clock;
    }

    /**
     * Ends it as it was seen: who decided that by what they saw is not to end what it has become since. One that has ended stays
     * as it is.
     *
     * @throws SandboxException {@code CONFLICT} when it was changed since; {@code BACKEND_FAILED} when the backend could not be
     *     told, it stays STOPPING then, and repair tries again; {@code DISK_FULL} when it has ended and that could not be recorded
     */
    Sandbox end(Sandbox seen, EndReason reason) {
        return InProgress.alone(seen.id(), () -> {
            var current = sandboxes.current(seen);
            if (current.state().ended()) {
                return current;
            }
            Conflicts.requireUnchanged(seen, current);
            return endNow(current, reason);
        });
    }

    /** The same, whatever has become of it. */
    Sandbox endAnyway(Sandbox sandbox, EndReason reason) {
        return Conflicts.again(() -> end(sandboxes.current(sandbox), reason));
    }

    private Sandbox endNow(Sandbox sandbox, EndReason reason) {
        var stopping = sandbox.state() == SandboxState.STOPPING ? sandbox : intend(sandbox.stopping(reason));
        var why = stopping.reason() == null ? reason : stopping.reason();
        try {
            destroyAll(stopping);
        } catch (ExtensionException | SandboxException e) {
            if (isOver(stopping, e)) {
                giveUpAttempts(stopping);
                why = mayBeKept(stopping) ? EndReason.LOST : why;
            } else if (e instanceof SandboxException named) {
                throw named;
            } else {
                var noted = sandbox.state() == SandboxState.STOPPING || stopping.version() != sandbox.version();
                throw couldNotEnd(stopping, noted, e);
            }
        }
        var ended = stopping.ended(why, clock.instant());
        return store.transaction(handle -> sandboxes.update(handle, ended));
    }

    /** Whether its backend keeps it until it is told otherwise, which nobody can tell it any more. */
    private static boolean mayBeKept(Sandbox sandbox) {
        return sandbox.pausedAt() != null;
    }

    /**
     * Writes down that it is to end. Where the disk is full the end goes on without that, because nothing frees as much space
     * as an end: should we die before it is recorded, the sandbox is one that its backend no longer has.
     */
    private Sandbox intend(Sandbox stopping) {
        try {
            return store.transaction(handle -> sandboxes.update(handle, stopping));
        } catch (SandboxException e) {
            if (e.code() == ErrorCode.DISK_FULL) {
                return stopping;
            }
            throw e;
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
     * Whether its account is out of our reach, the key being refused or lost, and its time is up: then its backend has ended
     * it, or will never make it.
     */
    private boolean isOver(Sandbox sandbox, RuntimeException e) {
        var lost = e instanceof ExtensionException refusal && refusal.kind() == Kind.CREDENTIAL
                || e instanceof SandboxException failure && NO_KEY.contains(failure.code());
        return lost && timeIsUp(sandbox);
    }

    private boolean timeIsUp(Sandbox sandbox) {
        return !clock.instant().isBefore(Hibernation.backendDeadline(sandbox).plus(CERTAINLY));
    }

    private void giveUpAttempts(Sandbox sandbox) {
        for (Attempt attempt : sandboxes.attempts(sandbox.id())) {
            if (attempt.outcome() == null) {
                store.write(handle -> {
                    sandboxes.record(
                            handle, attempt, Outcome.NOT_FOUND, "its account can't be reached, and its time is up");
                    sandboxes.lookedAgain(handle, attempt, clock.instant());
                });
            }
        }
    }

    /** The one it runs as, or whatever an attempt with unknown outcome may have left. */
    private void destroyAll(Sandbox sandbox) {
        if (sandbox.ref() != null && sandbox.extension() != null) {
            backends.of(sandbox.extension(), sandbox.credential()).destroy(sandbox.ref());
        }
        for (Attempt attempt : sandboxes.attempts(sandbox.id())) {
            if (attempt.outcome() == null) {
                var undone = destroyWhatItMade(attempt);
                store.write(handle -> {
                    sandboxes.record(handle, attempt, Outcome.NOT_FOUND, "undone");
                    if (undone) {
                        sandboxes.lookedAgain(handle, attempt, clock.instant());
                    }
                });
            }
        }
    }

    /** Whether there was something. */
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
     * @return whether it had made something, which is ended now
     */
    boolean lookAgain(Sandbox sandbox, Attempt attempt) {
        var made = false;
        try {
            made = destroyWhatItMade(attempt);
        } catch (ExtensionException | SandboxException e) {
            if (!timeIsUp(sandbox)) {
                throw e;
            }
        }
        store.write(handle -> sandboxes.lookedAgain(handle, attempt, clock.instant()));
        return made;
    }

    Optional<BackendSandbox> find(Backend backend, Attempt attempt) {
        return backend.find(
                new SandboxTag(sandboxes.installation(), attempt.sandbox().value(), attempt.number()));
    }

    /** Records the end of a sandbox that its backend no longer has: at its deadline, or now and nobody knows why. */
    Sandbox gone(Sandbox sandbox) {
        var reached = true;
        if (sandbox.ref() != null && sandbox.extension() != null) {
            try {
                // absent is success, and what is left of its disk is freed
                backends.of(sandbox.extension(), sandbox.credential()).destroy(sandbox.ref());
            } catch (ExtensionException | SandboxException e) {
                if (!isOver(sandbox, e)) {
                    throw e;
                }
                reached = false;
            }
        }
        var now = clock.instant();
        var expired = !now.isBefore(sandbox.deadline()) && (reached || !mayBeKept(sandbox));
        return store.transaction(handle -> sandboxes.update(
                handle,
                sandbox.ended(expired ? EndReason.EXPIRED : EndReason.LOST, expired ? sandbox.deadline() : now)));
    }

    /** Whether its backend still has it; no when that can't be asked any more and its time is up. */
    boolean exists(Sandbox sandbox) {
        BackendRef ref = sandbox.ref();
        var extension = sandbox.extension();
        if (ref == null || extension == null) {
            return false;
        }
        try {
            return backends.of(extension, sandbox.credential()).describe(ref).isPresent();
        } catch (ExtensionException | SandboxException e) {
            if (isOver(sandbox, e)) {
                return false;
            }
            throw e;
        }
    }
}
