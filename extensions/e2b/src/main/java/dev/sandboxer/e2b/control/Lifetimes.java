package dev.sandboxer.e2b.control;

import dev.sandboxer.e2b.http.Reply;
import dev.sandboxer.extension.BackendRef;
import dev.sandboxer.extension.ExtensionContext;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Deadlines and pauses of sandboxes. E2B takes a timeout in whole seconds, which the account's plan limits. E2B keeps a
 * paused sandbox until somebody removes it, so its deadline is recorded only on this host. Thread-safe.
 */
public final class Lifetimes {
    private static final String MOVING = "moving a deadline";
    private static final String TOO_OLD = "max instance length exceeded";

    private final InstantSource clock;
    private final ControlClient control;
    private final PlanLimit limit;
    private final PausedDeadlines pausedDeadlines;

    public Lifetimes(ExtensionContext context, ControlClient control, PlanLimit limit) {
        this.clock = context.clock();
        this.control = control;
        this.limit = limit;
        this.pausedDeadlines = new PausedDeadlines(context.directory());
    }

    /** Returns the deadline of a sandbox, running or paused. */
    public Instant of(SandboxView view) {
        return view.paused() ? pausedDeadlines.get(view.ref(), view.endAt()) : view.endAt();
    }

    /** Sets a deadline, or the latest one that the plan allows, and returns it. */
    public Instant set(BackendRef sandbox, Instant deadline) {
        var until = setRunning(sandbox, deadline);
        if (until == null) {
            pausedDeadlines.put(sandbox, deadline);
            return deadline;
        }
        return until;
    }

    /**
     * Pauses a sandbox and records how long it is kept. For a sandbox that is paused already only the deadline changes.
     *
     * @param memory true = keep memory and disk; false = keep only the disk
     */
    public void pause(BackendRef sandbox, Instant deadline, boolean memory) {
        var reply = control.pause(sandbox, memory);
        if (!reply.isSuccess()
                && !(reply.status() == 409 && control.get(sandbox).paused())) {
            throw control.errors().refused(reply, "pausing a sandbox", sandbox);
        }
        pausedDeadlines.put(sandbox, deadline);
    }

    /**
     * Wakes a sandbox and returns its deadline. E2B's resume can't shorten the time of a running one, so it is set
     * again.
     */
    public Instant resume(BackendRef sandbox, Instant deadline) {
        var until = wake(sandbox, deadline);
        if (until == null) {
            until = setRunning(sandbox, deadline);
        }
        pausedDeadlines.remove(sandbox);
        return Objects.requireNonNullElse(until, deadline);
    }

    /** Forgets a sandbox that has ended. */
    public void forget(BackendRef sandbox) {
        pausedDeadlines.remove(sandbox);
    }

    /**
     * Returns the time to a deadline in whole seconds, rounded up so that no sandbox ends early; 1 s if it has passed.
     */
    static Duration fromNow(InstantSource clock, Instant deadline) {
        var left = Duration.between(clock.instant(), deadline);
        return left.isPositive()
                ? Duration.ofSeconds(left.plusSeconds(1).minusNanos(1).toSeconds())
                : Duration.ofSeconds(1);
    }

    /** Like {@link #set}, but returns null for a paused sandbox, whose deadline E2B doesn't keep. */
    private @Nullable Instant setRunning(BackendRef sandbox, Instant deadline) {
        var requested = limit.clamp(fromNow(clock, deadline));
        var reply = control.timeout(sandbox, requested.toSeconds());
        if (reply.status() == 400 && limit.learn(reply.message(), requested)) {
            requested = limit.clamp(requested);
            reply = control.timeout(sandbox, requested.toSeconds());
        }
        if (reply.status() == 400 && reply.message().toLowerCase(Locale.ROOT).contains(TOO_OLD)) {
            requested = remainingLifetime(sandbox, requested, reply);
            reply = control.timeout(sandbox, requested.toSeconds());
        }
        if (reply.status() == 409 && control.get(sandbox).paused()) {
            return null;
        }
        if (!reply.isSuccess()) {
            throw control.errors().refused(reply, MOVING, sandbox);
        }
        return granted(deadline, requested);
    }

    private Instant granted(Instant wanted, Duration seconds) {
        var end = clock.instant().plus(seconds);
        return end.isBefore(wanted) ? end : wanted;
    }

    /** Returns how long the sandbox may live on: the plan also limits its whole lifetime. */
    private Duration remainingLifetime(BackendRef sandbox, Duration requested, Reply refusal) {
        var left = limit.known()
                .map(most -> Duration.between(
                        clock.instant(), control.get(sandbox).startedAt().plus(most)))
                .map(rest -> rest.minusSeconds(1))
                .filter(rest -> rest.toSeconds() >= 1 && rest.compareTo(requested) < 0);
        return left.orElseThrow(() -> control.errors().refused(refusal, MOVING, sandbox));
    }

    /** Wakes a sandbox and returns the deadline, as the plan allows; null if the sandbox was running. */
    private @Nullable Instant wake(BackendRef sandbox, Instant deadline) {
        var requested = limit.clamp(fromNow(clock, deadline));
        try {
            return control.connect(sandbox, requested.toSeconds()) ? granted(deadline, requested) : null;
        } catch (ExtensionException e) {
            if (e.kind() != Kind.INVALID || !limit.learn(String.valueOf(e.getMessage()), requested)) {
                throw e;
            }
            var allowed = limit.clamp(requested);
            return control.connect(sandbox, allowed.toSeconds()) ? granted(deadline, allowed) : null;
        }
    }
}
