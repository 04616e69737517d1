package dev.sandboxer.lifecycle;

import dev.sandboxer.lifecycle.state.Origin;
import dev.sandboxer.lifecycle.state.Placement;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.Times;
import dev.sandboxer.lifecycle.terms.OnTimeout;
import dev.sandboxer.profiles.OutOfCredit;
import dev.sandboxer.routing.Route;
import dev.sandboxer.routing.Verdict;
import dev.sandboxer.routing.Verdict.Eligible;
import java.time.Instant;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A sandbox that is being created. Used by one thread. */
final class Creation {
    private final CreateSandbox request;
    private final SandboxId id;
    private final Instant startedAt;
    private final Route route;
    private @Nullable Sandbox sandbox;
    private int attempts;

    Creation(CreateSandbox request, SandboxId id, Route route, Instant startedAt) {
        this.request = request;
        this.route = route;
        this.id = id;
        this.startedAt = startedAt;
    }

    CreateSandbox request() {
        return request;
    }

    SandboxId id() {
        return id;
    }

    /** Returns the number of the next attempt, counted from 1. */
    int nextAttempt() {
        return attempts + 1;
    }

    /** Returns the sandbox as it was last written; null before the first attempt. */
    @Nullable Sandbox sandbox() {
        return sandbox;
    }

    /** Records that an attempt was written, with the sandbox as written. */
    Sandbox begun(Sandbox written) {
        attempts++;
        sandbox = written;
        return written;
    }

    /** Formats a routing verdict as one readable line. */
    private static String line(Verdict verdict) {
        return switch (verdict) {
            case Eligible eligible -> eligible.extension() + " eligible: " + eligible.reason();
            case Verdict.Skipped skipped ->
                skipped.extension() + " skipped: " + skipped.code().text() + ", " + skipped.reason();
        };
    }

    /** Returns the sandbox to write for the first attempt. */
    Sandbox requested(Eligible candidate, Placement first, boolean pausable) {
        return withAffordableDeadline(
                Sandbox.requested(
                        id,
                        new Origin(
                                request.consumer(),
                                request.profile().name(),
                                request.snapshot() == null
                                        ? null
                                        : request.snapshot().id(),
                                request.metadata(),
                                request.holder(),
                                request.command(),
                                route.verdicts().stream().map(Creation::line).collect(Collectors.joining("\n")),
                                request.launch(),
                                request.template()),
                        request.agreed(),
                        request.effectiveSize(),
                        first,
                        Times.requested(startedAt, startedAt.plus(request.effectiveTtl()))),
                candidate,
                pausable);
    }

    /** Returns the sandbox to write for a further attempt. */
    Sandbox retried(Sandbox before, Eligible candidate, Placement next, boolean pausable) {
        return withAffordableDeadline(before.attempted(next), candidate, pausable);
    }

    /**
     * Limits the deadline to the time that the consumer can pay for at a candidate.
     *
     * @param pausable true if the candidate can pause the sandbox when the credit is used up
     */
    private Sandbox withAffordableDeadline(Sandbox sandbox, Eligible candidate, boolean pausable) {
        var wanted = startedAt.plus(request.effectiveTtl());
        if (candidate.ttl().compareTo(request.effectiveTtl()) >= 0) {
            return sandbox.withAffordableDeadline(wanted, null, request.terms().onTimeout());
        }
        var pauses = pausable && request.profile().options().outOfCredit() == OutOfCredit.PAUSE;
        return sandbox.withAffordableDeadline(
                startedAt.plus(candidate.ttl()),
                wanted,
                pauses ? OnTimeout.PAUSE : request.terms().onTimeout());
    }
}
