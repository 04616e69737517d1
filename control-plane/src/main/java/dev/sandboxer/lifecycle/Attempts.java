package dev.sandboxer.lifecycle;

import dev.sandboxer.credentials.Receipt;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.lifecycle.AttemptResult.Created;
import dev.sandboxer.lifecycle.AttemptResult.Refused;
import dev.sandboxer.lifecycle.AttemptResult.Unknown;
import dev.sandboxer.lifecycle.state.Attempt;
import dev.sandboxer.lifecycle.state.Attempt.End;
import dev.sandboxer.lifecycle.state.Attempt.Outcome;
import dev.sandboxer.lifecycle.state.AttemptStore;
import dev.sandboxer.lifecycle.state.Cause;
import dev.sandboxer.lifecycle.state.Leases;
import dev.sandboxer.lifecycle.state.Placement;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.state.SandboxStore;
import dev.sandboxer.lifecycle.state.Transitions;
import dev.sandboxer.routing.Account;
import dev.sandboxer.routing.Backends;
import dev.sandboxer.routing.Verdict.Eligible;
import dev.sandboxer.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Makes the attempts to create a sandbox with one candidate. Each attempt is written before its backend is called, so that {@link Repair}
 * can finish or undo it after a crash at any point.
 */
record Attempts(
        Database database,
        SandboxStore sandboxes,
        AttemptStore rows,
        Transitions transitions,
        Backends backends,
        AccountTurns turns,
        Leases leases,
        String installation,
        InstantSource clock) {
    /**
     * Makes an attempt, and repeats it while the backend throttles us and the wait limit has not passed.
     *
     * @param receipt the credential to use; null = none is needed
     * @throws SandboxException {@code CONFLICT} when the idempotency key is in use, or the sandbox was ended meanwhile
     */
    AttemptResult make(Creation creation, Eligible candidate, @Nullable Receipt receipt) {
        var account = new Account(candidate.extension(), receipt == null ? null : receipt.credential());
        var latest = turns.latest(candidate.extension());
        while (true) {
            var result = makeInTurn(creation, candidate, receipt, account, latest);
            var retryAfter = result instanceof Refused refused ? refused.retryAfter() : null;
            if (retryAfter == null
                    || !turns.awaitRetry(
                            account, retryAfter, latest, creation.request().progress())) {
                return result;
            }
        }
    }

    private AttemptResult makeInTurn(
            Creation creation, Eligible candidate, @Nullable Receipt receipt, Account account, Instant latest) {
        var late = turns.await(account, latest, creation.request().progress());
        if (late.isPresent()) {
            return Refused.because(candidate.extension() + ": " + late.get());
        }
        while (true) {
            try {
                return makeOnce(creation, candidate, receipt);
            } catch (AccountTurns.Full full) { // nothing is written yet
                if (!turns.awaitRoom(latest)) {
                    return Refused.because(candidate.extension() + ": " + full.getMessage());
                }
            }
        }
    }

    private AttemptResult makeOnce(Creation creation, Eligible candidate, @Nullable Receipt receipt) {
        Backend backend;
        try {
            backend = backends.of(candidate.extension(), receipt == null ? null : receipt.credential());
        } catch (SandboxException e) {
            return Refused.because(e, false); // nothing was written, and nothing was created
        }
        var attempt = new Attempt(
                creation.id(), creation.nextAttempt(), candidate.extension(), receipt, clock.instant(), null);
        Sandbox sandbox;
        try {
            sandbox = creation.begun(begin(creation, candidate, attempt));
        } catch (SandboxException e) {
            if (e.code() == ErrorCode.INSUFFICIENT_CREDITS) {
                return Refused.because(e, false); // nothing was written: the next candidate may cost less
            }
            throw e;
        }
        var request = new CreateRequest(
                attempt.tag(installation),
                candidate.spec(),
                sandbox.backendDeadline(),
                creation.request().progress(),
                creation.request().consumer());
        leases.requireHeld(sandbox);
        try {
            return created(sandbox, attempt, backend, call(backend, request));
        } catch (ExtensionException e) {
            return afterFailure(sandbox, attempt, backend, e);
        }
    }

    /** Writes the intent in one transaction: the attempt and, for the first attempt, the sandbox itself. */
    private Sandbox begin(Creation creation, Eligible candidate, Attempt attempt) {
        var placement = Placement.planned(
                attempt.extension(),
                backends.isHostBound(attempt.extension()) ? leases.worker().host() : null,
                candidate.spec().region(),
                attempt.receipt());
        var pausable = backends.has(attempt.extension(), Capability.PAUSE);
        var before = creation.sandbox();
        var request = creation.request();
        Consumer<Handle> intent = handle -> {
            backends.requireExists(handle, attempt.credential());
            turns.requireRoom(handle, new Account(attempt.extension(), attempt.credential()), attempt.sandbox());
            rows.insert(handle, attempt);
        };
        return before == null
                ? transitions.begin(
                        creation.requested(candidate, placement, pausable),
                        request.idempotencyKey(),
                        request.hash(),
                        intent)
                : transitions.commit(
                        before, creation.retried(before, candidate, placement, pausable), Cause.NEXT_ATTEMPT, intent);
    }

    /** Calls the backend. An unexpected exception counts as an unknown outcome, since the sandbox may have been created before it. */
    private static BackendSandbox call(Backend backend, CreateRequest request) {
        try {
            return backend.create(request);
        } catch (ExtensionException e) {
            throw e;
        } catch (RuntimeException e) {
            throw ExtensionException.unknown(Kind.INTERNAL, "unexpected error: " + e, e);
        }
    }

    private AttemptResult created(Sandbox sandbox, Attempt attempt, Backend backend, BackendSandbox made) {
        try {
            return new Created(transitions.commit(
                    sandbox,
                    sandbox.running(made, clock.instant()),
                    Cause.CREATED,
                    handle -> rows.record(handle, attempt, End.created(clock.instant()))));
        } catch (SandboxException e) {
            return unwritten(sandbox, backend, made, e);
        }
    }

    /**
     * Handles a created sandbox whose row could not be written. If another worker has adopted the sandbox, it is kept, even if it has been
     * paused since. After a conflict or on a full disk it is destroyed. After other failures the row may have been written, so repair
     * decides.
     */
    private AttemptResult unwritten(Sandbox sandbox, Backend backend, BackendSandbox made, SandboxException e) {
        if (e.code() == ErrorCode.CONFLICT) {
            var current = sandboxes.current(sandbox);
            if (made.ref().equals(current.ref()) && isThere(current)) {
                return new Created(current);
            }
        }
        if (e.code() == ErrorCode.CONFLICT || e.code() == ErrorCode.DISK_FULL) {
            try {
                backend.destroy(made.ref());
            } catch (ExtensionException undestroyed) {
                e.addSuppressed(undestroyed); // repair finds it in the backend's list
            }
        }
        throw e;
    }

    private static boolean isThere(Sandbox sandbox) {
        return sandbox.state() == SandboxState.RUNNING || sandbox.state() == SandboxState.PAUSED;
    }

    /** Handles a failed call. After an unknown outcome, no other candidate is tried until a look-up by tag has succeeded. */
    private AttemptResult afterFailure(Sandbox sandbox, Attempt attempt, Backend backend, ExtensionException e) {
        if (e.effect() == Effect.NOT_APPLIED) {
            return refused(attempt, Outcome.REFUSED, e);
        }
        try {
            var found = backend.find(attempt.tag(installation));
            return found.isPresent()
                    ? created(sandbox, attempt, backend, found.get())
                    : refused(attempt, Outcome.NOT_FOUND, e);
        } catch (ExtensionException lookUp) {
            return new Unknown(new SandboxException(
                    ErrorCode.BACKEND_FAILED,
                    attempt.extension() + " may have created sandbox " + sandbox.id() + ": " + lookUp.getMessage()
                            + "; the next sandboxer command checks and cleans up",
                    lookUp));
        }
    }

    private AttemptResult refused(Attempt attempt, Outcome outcome, ExtensionException e) {
        database.write(handle -> rows.record(handle, attempt, End.failed(outcome, clock.instant(), e)));
        backends.recordRefusal(attempt.credential(), e);
        return e.kind() == Kind.CREDENTIAL && attempt.credential() != null
                ? Refused.because(Backends.failure(attempt.extension(), attempt.credential(), e), true)
                : new Refused(attempt.extension() + ": " + e.getMessage(), null, false, retryAfter(e));
    }

    /** Returns how long to wait before the same account is tried again; null = the next candidate is tried. */
    private static @Nullable Duration retryAfter(ExtensionException e) {
        return e.kind() == Kind.THROTTLED ? e.retryAfter() : null;
    }
}
