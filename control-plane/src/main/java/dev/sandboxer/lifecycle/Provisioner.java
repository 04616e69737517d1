package dev.sandboxer.lifecycle;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.lifecycle.AttemptResult.Created;
import dev.sandboxer.lifecycle.AttemptResult.Refused;
import dev.sandboxer.lifecycle.AttemptResult.Unknown;
import dev.sandboxer.lifecycle.state.Cause;
import dev.sandboxer.lifecycle.state.EndReason;
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

/** Makes a sandbox with the first candidate of its route that can. */
final class Provisioner {
    private final Router router;
    private final Attempts attempts;
    private final Transitions transitions;
    private final Leases leases;
    private final InstantSource clock;

    Provisioner(Router router, Attempts attempts, Transitions transitions, Leases leases, InstantSource clock) {
        this.router = router;
        this.attempts = attempts;
        this.transitions = transitions;
        this.leases = leases;
        this.clock = clock;
    }

    /**
     * Makes a sandbox, trying the eligible extensions of the route in order.
     *
     * @throws SandboxException {@code NO_CANDIDATE} when none could take it; {@code BACKEND_FAILED} when it is not known
     *     whether one has; {@code CONFLICT} when the idempotency key is in use
     */
    Sandbox create(CreateSandbox request) {
        var id = SandboxId.random();
        return leases.during(id, () -> createNow(request, id));
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

    /** With its credential, and if that is refused, with the one its owner allowed in its place. */
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
            transitions.commit(sandbox, sandbox.ended(EndReason.FAILED, clock.instant()), Cause.ENDED);
        }
    }

    /** Why nobody has taken it, so far. */
    private static final class Refusals {
        private final List<String> reasons = new ArrayList<>();
        private @Nullable SandboxException first;
        private boolean forMoney;

        void add(Skipped skipped) {
            reasons.add(skipped.extension() + ": " + skipped.code().text() + ", " + skipped.why());
            forMoney |= skipped.code() == Verdict.Code.INSUFFICIENT_CREDITS;
        }

        void add(Refused refused) {
            reasons.add(refused.why());
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
