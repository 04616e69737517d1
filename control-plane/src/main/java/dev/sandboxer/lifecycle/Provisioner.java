package dev.sandboxer.lifecycle;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Backend;
import dev.sandboxer.extension.BackendSandbox;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.extension.CreateRequest;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Effect;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.lifecycle.Attempt.Outcome;
import dev.sandboxer.routing.Demand;
import dev.sandboxer.routing.ExtensionRegistry;
import dev.sandboxer.routing.Router;
import dev.sandboxer.routing.Verdict;
import dev.sandboxer.store.Store;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The create saga. Each step that touches a backend is a row before it is a call, so that {@link Repair} can finish or undo
 * it after a crash at any instruction.
 */
final class Provisioner {
    private final Store store;
    private final SandboxStore sandboxes;
    private final Router router;
    private final ExtensionRegistry registry;
    private final InstantSource clock;

    Provisioner(Store store, SandboxStore sandboxes, Router router, ExtensionRegistry registry, InstantSource clock) {
        this.store = store;
        this.sandboxes = sandboxes;
        this.router = router;
        this.registry = registry;
        this.clock = clock;
    }

    /**
     * Makes it, trying the eligible extensions of the route in order.
     *
     * @throws SandboxException {@code NO_CANDIDATE} when none could take it, {@code BACKEND_FAILED} when it is not known
     *     whether one has
     */
    Sandbox create(CreateSandbox request, Sandbox fresh) {
        return InProgress.during(fresh.id(), () -> createNow(request, fresh));
    }

    private Sandbox createNow(CreateSandbox request, Sandbox fresh) {
        var verdicts = router.route(request.profile(), demand(request));
        var reasons = new ArrayList<String>();
        var attempts = 0;
        var sandbox = fresh;
        for (Verdict verdict : verdicts) {
            switch (verdict) {
                case Verdict.Skipped skipped ->
                    reasons.add(skipped.extension() + ": " + skipped.code().text() + ", " + skipped.why());
                case Verdict.Eligible eligible -> {
                    var attempt =
                            new Attempt(sandbox.id(), ++attempts, eligible.extension(), clock.instant(), null, null);
                    sandbox = begin(request, sandbox, attempt);
                    try {
                        var made = attempt(request, sandbox, attempt, template(request, eligible));
                        return succeed(sandbox, attempt, made);
                    } catch (Refused refused) {
                        reasons.add(eligible.extension() + ": " + refused.getMessage());
                    }
                }
            }
        }
        throw fail(request, sandbox, attempts, reasons);
    }

    /** What a snapshot is called at its backend, or what the profile says. */
    private static String template(CreateSandbox request, Verdict.Eligible eligible) {
        var snapshot = request.snapshot();
        return snapshot == null || snapshot.template() == null ? eligible.template() : snapshot.template();
    }

    private static Demand demand(CreateSandbox request) {
        var snapshot = request.snapshot();
        return new Demand(
                request.effectiveNetwork(),
                request.terms().onTimeout() == OnTimeout.PAUSE ? Set.of(Capability.PAUSE) : Set.of(),
                snapshot == null ? null : snapshot.extension());
    }

    /** The intent, in one transaction: for the first attempt together with the sandbox itself. */
    private Sandbox begin(CreateSandbox request, Sandbox sandbox, Attempt attempt) {
        return store.transaction(handle -> {
            if (attempt.number() == 1) {
                sandboxes.insert(handle, sandbox, request.idempotencyKey(), request.hash());
            }
            sandboxes.insert(handle, attempt);
            return sandboxes.update(handle, sandbox.provisioning(attempt.extension()));
        });
    }

    private Sandbox succeed(Sandbox sandbox, Attempt attempt, BackendSandbox made) {
        try {
            return store.transaction(handle -> {
                sandboxes.record(handle, attempt, Outcome.CREATED, null);
                return sandboxes.update(handle, sandbox.running(made));
            });
        } catch (SandboxException e) {
            // destroyed while it was being made, or the database is gone: nobody will ever use it
            try {
                registry.backend(attempt.extension()).destroy(made.ref());
            } catch (ExtensionException undestroyed) {
                e.addSuppressed(undestroyed); // repair finds it in the backend's list
            }
            throw e;
        }
    }

    /** A definite no, after which the next extension may be tried. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        Refused(String message) {
            super(message);
        }
    }

    private BackendSandbox attempt(CreateSandbox request, Sandbox sandbox, Attempt attempt, String template)
            throws Refused {
        var tag = tag(attempt);
        try {
            var backend = registry.backend(attempt.extension());
            try {
                return backend.create(new CreateRequest(
                        tag,
                        template,
                        request.effectiveSize(),
                        Hibernation.backendDeadline(sandbox),
                        request.effectiveEnv(),
                        request.effectiveNetwork()));
            } catch (ExtensionException e) {
                return afterFailure(backend, tag, attempt, e);
            } catch (RuntimeException e) { // a defect over there says nothing about what it had done by then
                return afterFailure(
                        backend, tag, attempt, ExtensionException.unknown(Kind.INTERNAL, "a defect: " + e, e));
            }
        } catch (ExtensionException e) {
            throw new SandboxException(
                    ErrorCode.BACKEND_FAILED,
                    "it is not known whether " + attempt.extension() + " made sandbox " + sandbox.id() + ": "
                            + e.getMessage() + "; it is looked up and settled by the next sandboxer command",
                    e);
        }
    }

    /** After an unknown outcome nobody goes elsewhere before the look-up by tag has answered. */
    private BackendSandbox afterFailure(Backend backend, SandboxTag tag, Attempt attempt, ExtensionException e)
            throws Refused {
        Optional<BackendSandbox> found = e.effect() == Effect.UNKNOWN ? backend.find(tag) : Optional.empty();
        if (found.isPresent()) {
            return found.get();
        }
        var outcome = e.effect() == Effect.UNKNOWN ? Outcome.NOT_FOUND : Outcome.REFUSED;
        store.write(handle -> sandboxes.record(handle, attempt, outcome, e.getMessage()));
        throw new Refused(String.valueOf(e.getMessage()));
    }

    SandboxTag tag(Attempt attempt) {
        return new SandboxTag(sandboxes.installation(), attempt.sandbox().value(), attempt.number());
    }

    private SandboxException fail(CreateSandbox request, Sandbox sandbox, int attempts, List<String> reasons) {
        if (attempts > 0) {
            store.write(handle -> sandboxes.update(handle, sandbox.ended(EndReason.FAILED, clock.instant())));
        }
        return new SandboxException(
                ErrorCode.NO_CANDIDATE,
                "no extension could take " + request.profile().name() + ": " + String.join("; ", reasons)
                        + " (sandboxer doctor says what this host can do)");
    }
}
