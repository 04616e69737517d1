package dev.sandboxer.lifecycle;

import dev.sandboxer.config.Durations;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.lifecycle.Repair.Settled;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.SandboxStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks after sandboxes whose consumers could not pay for all the time they asked for. Shortly before such a one ends it gets
 * more time if there is credit by now; if there is none, that is said once. Used by one thread.
 */
public final class CreditWatch {
    /** How long before its deadline a sandbox is looked at. */
    private static final Duration NOTICE = Duration.ofMinutes(5);

    private final SandboxStore sandboxes;
    private final DeadlineChange deadlines;
    private final Leases leases;
    private final InstantSource clock;
    private final Map<SandboxId, Instant> warned = new HashMap<>();

    CreditWatch(SandboxStore sandboxes, DeadlineChange deadlines, Leases leases, InstantSource clock) {
        this.sandboxes = sandboxes;
        this.deadlines = deadlines;
        this.leases = leases;
        this.clock = clock;
    }

    /** Looks at those whose time is nearly over: one query when there are none. */
    public List<Settled> look() {
        var now = clock.instant();
        var told = new ArrayList<Settled>();
        warned.values().removeIf(deadline -> deadline.isBefore(now));
        for (Sandbox sandbox : sandboxes.shortOfCredit(now, now.plus(NOTICE))) {
            if (leases.worker().reaches(sandbox.host())) {
                look(sandbox, now).ifPresent(text -> told.add(new Settled(sandbox.id(), text)));
            }
        }
        return told;
    }

    private Optional<String> look(Sandbox sandbox, Instant now) {
        try {
            var later = deadlines.continueShort(sandbox);
            return later.deadline().isAfter(sandbox.deadline())
                    ? Optional.of("credit has come in; it goes on until " + later.deadline())
                    : Optional.empty();
        } catch (SandboxException e) {
            if (e.code() == ErrorCode.INSUFFICIENT_CREDITS) {
                return warn(sandbox, now);
            }
            return e.code() == ErrorCode.CONFLICT // it was changed meanwhile: the next look tells
                    ? Optional.empty()
                    : tell(sandbox, "can't be let go on: " + e.getMessage());
        } catch (ExtensionException e) {
            return tell(sandbox, "can't be let go on: " + e.getMessage());
        }
    }

    private Optional<String> warn(Sandbox sandbox, Instant now) {
        var left = Duration.between(now, sandbox.deadline()).truncatedTo(ChronoUnit.SECONDS);
        return tell(
                sandbox,
                "consumer " + sandbox.consumer() + " has no credit for more than " + Durations.format(left) + " of it");
    }

    /** Once for each sandbox and deadline: it is looked at every few seconds. */
    private Optional<String> tell(Sandbox sandbox, String text) {
        return warned.putIfAbsent(sandbox.id(), sandbox.deadline()) == null ? Optional.of(text) : Optional.empty();
    }
}
