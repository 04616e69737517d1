package dev.sandboxer.lifecycle;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.lifecycle.AttemptResult.Created;
import dev.sandboxer.lifecycle.AttemptResult.Refused;
import dev.sandboxer.lifecycle.AttemptResult.Unknown;
import dev.sandboxer.lifecycle.state.Cause;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.Ending;
import dev.sandboxer.lifecycle.state.Leases;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.Transitions;
import dev.sandboxer.routing.Router;
import dev.sandboxer.routing.Verdict;
import dev.sandboxer.routing.Verdict.Eligible;
import dev.sandboxer.routing.Verdict.Skipped;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Creates sandboxes: tries the candidates of the route in order until one succeeds. */
final class Provisioner {
    private final Router router;
    private final Attempts attempts;
    private final Transitions transitions;
    private final Startup startup;
    private final Leases leases;
    private final InstantSource clock;

    Provisioner(
            Router router,
            Attempts attempts,
            Transitions transitions,
            Startup startup,
            Leases leases,
            InstantSource clock) {
        this.router = router;
        this.attempts = attempts;
        this.transitions = transitions;
        this.startup = startup;
        this.leases = leases;
        this.clock = clock;
    }

    /**
     * Creates a sandbox with the first eligible extension that succeeds, and runs its start command.
     *
     * @throws SandboxException {@code NO_CANDIDATE} when none could create it; {@code BACKEND_FAILED} when an attempt has an unknown
     *     outcome; {@code CONFLICT} when the idempotency key is in use; {@code START_FAILED}
     */
    Sandbox create(CreateSandbox request) {
        var id = SandboxId.random();
        return leases.during(id, () -> startup.start(createNow(request, id)));
    }

    private Sandbox createNow(CreateSandbox request, SandboxId id) {
        var startedAt = clock.instant();
        var route = router.route(request.profile(), request.requirements());
        var creation = new Creation(request, id, route, startedAt);
        var refusals = new Refusals();
        for (var verdict : route.verdicts()) {
            switch (verdict) {
                case Skipped skipped -> refusals.add(skipped);
                case Eligible candidate -> {
                    switch (tryCandidate(creation, candidate, refusals)) {
                        case Created(var sandbox) -> {
                            return sandbox;
                        }
                        case Refused refused -> refusals.add(refused);
                        case Unknown(var failure) -> throw failure;
                    }
                }
            }
        }
        fail(creation.sandbox());
        throw refusals.failure(request, creation.sandbox() != null);
    }

    /** Tries a candidate with its credential and, if the backend refuses it, with the fallback credential that its owner allowed. */
    private AttemptResult tryCandidate(Creation creation, Eligible candidate, Refusals refusals) {
        var result = attempts.make(creation, candidate, candidate.receipt());
        if (result instanceof Refused refused && refused.ofCredential() && candidate.fallback() != null) {
            refusals.add(refused);
            return attempts.make(creation, candidate, candidate.fallback());
        }
        return result;
    }

    private void fail(@Nullable Sandbox sandbox) {
        if (sandbox != null) {
            transitions.commit(sandbox, sandbox.ended(Ending.of(EndReason.FAILED), clock.instant()), Cause.ENDED);
        }
    }

    /** Collects the reasons why no candidate has taken the request so far. */
    private static final class Refusals {
        private final List<String> reasons = new ArrayList<>();
        private @Nullable SandboxException first;
        private boolean forMoney;

        void add(Skipped skipped) {
            reasons.add(skipped.extension() + ": " + skipped.code().text() + ", " + skipped.reason());
            forMoney |= skipped.code() == Verdict.Code.INSUFFICIENT_CREDITS;
        }

        void add(Refused refused) {
            reasons.add(refused.reason());
            if (first == null) {
                first = refused.failure();
            }
        }

        SandboxException failure(CreateSandbox request, boolean tried) {
            var text = "no extension could take " + request.profile().name() + ": " + String.join("; ", reasons);
            if (first != null) {
                return new SandboxException(first.code(), text, first);
            }
            if (forMoney) {
                var most = request.terms().maxCost();
                return new SandboxException(
                        ErrorCode.INSUFFICIENT_CREDITS,
                        text + "; " + (most == null ? "" : "let it cost more than " + most + ", or ")
                                + "grant credits: sandboxer credits grant " + request.consumer() + " AMOUNT");
            }
            var hint = tried ? " (sandboxer doctor says what this host can do)" : "";
            return new SandboxException(ErrorCode.NO_CANDIDATE, text + hint);
        }
    }
}
