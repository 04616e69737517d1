package dev.sandboxer.lifecycle;

import dev.sandboxer.credentials.CredentialRouter.Asker;
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
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.SandboxTag;
import dev.sandboxer.lifecycle.Attempt.Outcome;
import dev.sandboxer.routing.Backends;
import dev.sandboxer.routing.Demand;
import dev.sandboxer.routing.Router;
import dev.sandboxer.routing.Verdict;
import dev.sandboxer.store.Store;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The create saga. Each step that touches a backend is a row before it is a call, so that {@link Repair} can finish or undo
 * it after a crash at any instruction.
 */
final class Provisioner {
    private final Store store;
    private final SandboxStore sandboxes;
    private final Router router;
    private final Backends backends;
    private final InstantSource clock;

    Provisioner(Store store, SandboxStore sandboxes, Router router, Backends backends, InstantSource clock) {
        this.store = store;
        this.sandboxes = sandboxes;
        this.router = router;
        this.backends = backends;
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
        var creation = new OneCreation(request, fresh);
        for (Verdict verdict : router.route(request.profile(), demand(request))) {
            switch (verdict) {
                case Verdict.Skipped skipped -> creation.pass(skipped);
                case Verdict.Eligible eligible -> {
                    var made = creation.tryOut(eligible);
                    if (made.isPresent()) {
                        return made.get();
                    }
                }
            }
        }
        throw creation.failure();
    }

    /** What has been tried so far for one sandbox. */
    private final class OneCreation {
        private final CreateSandbox request;
        private final List<String> reasons = new ArrayList<>();
        private @Nullable SandboxException named;
        private Sandbox sandbox;
        private int attempts;
        private boolean hostMatters;

        OneCreation(CreateSandbox request, Sandbox fresh) {
            this.request = request;
            this.sandbox = fresh;
        }

        void pass(Verdict.Skipped skipped) {
            reasons.add(skipped.extension() + ": " + skipped.code().text() + ", " + skipped.why());
            hostMatters |= skipped.code() == Verdict.Code.HOST_UNSUPPORTED;
        }

        /** Empty after a definite no, when the next extension may be tried. */
        Optional<Sandbox> tryOut(Verdict.Eligible eligible) {
            try {
                return Optional.of(attempt(eligible, eligible.receipt()));
            } catch (Refused refused) {
                note(refused);
                if (!refused.ofCredential || eligible.fallback() == null) {
                    return Optional.empty();
                }
            }
            try {
                return Optional.of(attempt(eligible, eligible.fallback()));
            } catch (Refused refused) {
                note(refused);
                return Optional.empty();
            }
        }

        private void note(Refused refused) {
            reasons.add(String.valueOf(refused.getMessage()));
            if (named == null) {
                named = refused.named;
            }
        }

        private Sandbox attempt(Verdict.Eligible eligible, @Nullable Receipt receipt) throws Refused {
            var backend = open(eligible.extension(), receipt);
            var attempt =
                    new Attempt(sandbox.id(), ++attempts, eligible.extension(), receipt, clock.instant(), null, null);
            sandbox = begin(request, sandbox, attempt);
            return succeed(
                    sandbox, attempt, backend, create(request, sandbox, attempt, backend, template(request, eligible)));
        }

        SandboxException failure() {
            if (attempts > 0) {
                store.write(handle -> sandboxes.update(handle, sandbox.ended(EndReason.FAILED, clock.instant())));
            }
            var text = "no extension could take " + request.profile().name() + ": " + String.join("; ", reasons);
            if (named != null) {
                return new SandboxException(named.code(), text, named);
            }
            var hint = hostMatters || attempts > 0 ? " (sandboxer doctor says what this host can do)" : "";
            return new SandboxException(ErrorCode.NO_CANDIDATE, text + hint);
        }
    }

    /** Before anything is written: a credential that can't be opened has made nothing. */
    private Backend open(ExtensionId extension, @Nullable Receipt receipt) throws Refused {
        try {
            return backends.of(extension, receipt == null ? null : receipt.credential());
        } catch (SandboxException e) {
            throw new Refused(e, false);
        }
    }

    /** What a snapshot is called at its backend, or what the profile says. */
    private static String template(CreateSandbox request, Verdict.Eligible eligible) {
        var snapshot = request.snapshot();
        return snapshot == null || snapshot.template() == null ? eligible.template() : snapshot.template();
    }

    private static Demand demand(CreateSandbox request) {
        var snapshot = request.snapshot();
        return new Demand(
                new Asker(request.consumer(), request.credential(), snapshot == null ? null : snapshot.credential()),
                request.effectiveNetwork(),
                request.terms().onTimeout() == OnTimeout.PAUSE ? Set.of(Capability.PAUSE) : Set.of(),
                snapshot == null ? null : snapshot.extension());
    }

    /** The intent, in one transaction: for the first attempt together with the sandbox itself. */
    private Sandbox begin(CreateSandbox request, Sandbox sandbox, Attempt attempt) {
        return store.transaction(handle -> {
            backends.requireThere(handle, attempt.credential());
            if (attempt.number() == 1) {
                if (request.idempotencyKey() != null) {
                    sandboxes.releaseKey(handle, request.consumer(), request.idempotencyKey());
                }
                sandboxes.insert(handle, sandbox, request.idempotencyKey(), request.hash());
            }
            sandboxes.insert(handle, attempt);
            return sandboxes.update(handle, sandbox.provisioning(attempt.extension(), attempt.receipt()));
        });
    }

    private Sandbox succeed(Sandbox sandbox, Attempt attempt, Backend backend, BackendSandbox made) {
        try {
            return store.transaction(handle -> {
                sandboxes.record(handle, attempt, Outcome.CREATED, null);
                return sandboxes.update(handle, sandbox.running(made, clock.instant()));
            });
        } catch (SandboxException e) {
            // destroyed while it was being made, or the database is gone: nobody will ever use it
            try {
                backend.destroy(made.ref());
            } catch (ExtensionException undestroyed) {
                e.addSuppressed(undestroyed); // repair finds it in the backend's list
            }
            throw e;
        }
    }

    /** A definite no, after which the next extension may be tried. */
    private static final class Refused extends Exception {
        private static final long serialVersionUID = 1;

        /** What the whole failure is called when nothing else works out; null = nothing in particular. */
        private final @Nullable SandboxException named;

        private final boolean ofCredential;

        Refused(String message) {
            super(message);
            this.named = null;
            this.ofCredential = false;
        }

        Refused(SandboxException named, boolean ofCredential) {
            super(named.getMessage());
            this.named = named;
            this.ofCredential = ofCredential;
        }
    }

    private BackendSandbox create(
            CreateSandbox request, Sandbox sandbox, Attempt attempt, Backend backend, String template) throws Refused {
        var tag = tag(attempt);
        try {
            try {
                return backend.create(
                        new CreateRequest(tag, request.spec(template), Hibernation.backendDeadline(sandbox)));
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
        backends.noteRefusal(attempt.credential(), e);
        if (e.kind() == Kind.CREDENTIAL && attempt.credential() != null) {
            throw new Refused(Backends.failure(attempt.extension(), attempt.credential(), e), true);
        }
        throw new Refused(attempt.extension() + ": " + e.getMessage());
    }

    SandboxTag tag(Attempt attempt) {
        return new SandboxTag(sandboxes.installation(), attempt.sandbox().value(), attempt.number());
    }
}
