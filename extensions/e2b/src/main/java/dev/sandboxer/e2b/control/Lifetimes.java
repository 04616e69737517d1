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
 * Deadlines and pauses of sandboxes. E2B takes whole seconds from now on, and the account's plan limits them; the deadline
 * of a paused sandbox is only noted here, since E2B keeps it until it is removed. Thread-safe.
 */
public final class Lifetimes {
    private static final String SETTING = "moving a deadline";
    private static final String TOO_OLD = "max instance length exceeded";

    private final InstantSource clock;
    private final ControlClient control;
    private final PlanLimit limit;
    private final PauseNotes notes;

    public Lifetimes(ExtensionContext context, ControlClient control, PlanLimit limit) {
        this.clock = context.clock();
        this.control = control;
        this.limit = limit;
        this.notes = new PauseNotes(context.directory());
    }

    /** The deadline of a sandbox, paused or not. */
    public Instant of(SandboxView view) {
        return view.paused() ? notes.deadline(view.ref(), view.endAt()) : view.endAt();
    }

    /** Sets a deadline as near as the plan allows, and returns it. */
    public Instant set(BackendRef sandbox, Instant deadline) {
        var until = setRunning(sandbox, deadline);
        if (until == null) {
            notes.put(sandbox, deadline);
            return deadline;
        }
        return until;
    }

    /** Pauses a sandbox, which is then wanted until the deadline. Does nothing else to one that is paused already. */
    public void pause(BackendRef sandbox, Instant deadline) {
        var reply = control.pause(sandbox);
        if (!reply.isSuccess()
                && !(reply.status() == 409 && control.get(sandbox).paused())) {
            throw control.errors().refused(reply, "pausing a sandbox", sandbox);
        }
        notes.put(sandbox, deadline);
    }

    /** Wakes a sandbox and returns its deadline. E2B only ever extends that of a running one, so it is set once more. */
    public Instant resume(BackendRef sandbox, Instant deadline) {
        var until = wake(sandbox, deadline);
        if (until == null) {
            until = setRunning(sandbox, deadline);
        }
        notes.remove(sandbox);
        return Objects.requireNonNullElse(until, deadline);
    }

    /** Forgets a sandbox that has ended. */
    public void forget(BackendRef sandbox) {
        notes.remove(sandbox);
    }

    /** Rounded up, so that a sandbox never ends too early; a deadline that has passed is the shortest life there is. */
    static Duration fromNow(InstantSource clock, Instant deadline) {
        var left = Duration.between(clock.instant(), deadline);
        return left.isPositive()
                ? Duration.ofSeconds(left.plusSeconds(1).minusNanos(1).toSeconds())
                : Duration.ofSeconds(1);
    }

    /** Sets it as near as the plan allows and returns that; null when the sandbox is paused and has none. */
    private @Nullable Instant setRunning(BackendRef sandbox, Instant deadline) {
        var asked = limit.clamp(fromNow(clock, deadline));
        var reply = control.timeout(sandbox, asked.toSeconds());
        if (reply.status() == 400 && limit.learn(reply.message(), asked)) {
            asked = limit.clamp(asked);
            reply = control.timeout(sandbox, asked.toSeconds());
        }
        if (reply.status() == 400 && reply.message().toLowerCase(Locale.ROOT).contains(TOO_OLD)) {
            asked = restOfItsLife(sandbox, asked, reply);
            reply = control.timeout(sandbox, asked.toSeconds());
        }
        if (reply.status() == 409 && control.get(sandbox).paused()) {
            return null;
        }
        if (!reply.isSuccess()) {
            throw control.errors().refused(reply, SETTING, sandbox);
        }
        return granted(deadline, asked);
    }

    private Instant granted(Instant wanted, Duration seconds) {
        var told = clock.instant().plus(seconds);
        return told.isBefore(wanted) ? told : wanted;
    }

    /** The plan limits the whole life too. */
    private Duration restOfItsLife(BackendRef sandbox, Duration asked, Reply refusal) {
        var left = limit.known()
                .map(most -> Duration.between(
                        clock.instant(), control.get(sandbox).startedAt().plus(most)))
                .map(rest -> rest.minusSeconds(1))
                .filter(rest -> rest.toSeconds() >= 1 && rest.compareTo(asked) < 0);
        return left.orElseThrow(() -> control.errors().refused(refusal, SETTING, sandbox));
    }

    /** Wakes a sandbox with a deadline as near to that as the plan allows, and returns it; null when it was awake. */
    private @Nullable Instant wake(BackendRef sandbox, Instant deadline) {
        var asked = limit.clamp(fromNow(clock, deadline));
        try {
            return control.connect(sandbox, asked.toSeconds()) ? granted(deadline, asked) : null;
        } catch (ExtensionException e) {
            if (e.kind() != Kind.INVALID || !limit.learn(String.valueOf(e.getMessage()), asked)) {
                throw e;
            }
            var allowed = limit.clamp(asked);
            return control.connect(sandbox, allowed.toSeconds()) ? granted(deadline, allowed) : null;
        }
    }
}
