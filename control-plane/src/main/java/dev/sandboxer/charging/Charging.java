package dev.sandboxer.charging;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.lifecycle.state.EndReason;
import dev.sandboxer.lifecycle.state.Funding;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.lifecycle.state.Transition;
import dev.sandboxer.lifecycle.state.TransitionListener;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.bill.ChargeLine.Subject;
import dev.sandboxer.payments.ledger.Ledger;
import dev.sandboxer.payments.metering.Metering;
import dev.sandboxer.payments.metering.SandboxMeter;
import dev.sandboxer.payments.rates.Tariff;
import dev.sandboxer.routing.ExtensionRegistry;
import dev.sandboxer.routing.Prices;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Charges sandboxes for their lives: their prices are frozen and the worst case is set aside together with the intent to make
 * them; they are measured while they run; what is left is given back with their end. Thread-safe.
 */
public final class Charging implements TransitionListener, Funding {
    /** How long after its deadline a hold goes without a sandbox's end: nobody charges for it any more by then. */
    private static final Duration OVERDUE = Duration.ofDays(1);

    private final ExtensionRegistry registry;
    private final Prices prices;
    private final Ledger ledger;
    private final Metering metering;
    private final InstantSource clock;

    public Charging(ExtensionRegistry registry, Prices prices, Ledger ledger, Metering metering, InstantSource clock) {
        this.registry = registry;
        this.prices = prices;
        this.ledger = ledger;
        this.metering = metering;
        this.clock = clock;
    }

    /**
     * Writes what a transition costs.
     *
     * @throws SandboxException {@code INSUFFICIENT_CREDITS} when its consumer can't pay for it
     */
    @Override
    public void inTransaction(Handle handle, Transition transition) {
        var sandbox = transition.after();
        var id = sandbox.id().value();
        switch (transition.cause()) {
            case REQUESTED -> plan(handle, sandbox);
            case NEXT_ATTEMPT -> planAgain(handle, sandbox);
            case CREATED, ADOPTED -> start(handle, sandbox);
            case DEADLINE_MOVED -> moveDeadline(handle, sandbox);
            case PAUSE_BEGUN -> metering.stopAt(handle, id, Objects.requireNonNull(sandbox.pausedAt()));
            case PAUSED -> pause(handle, sandbox);
            case RESUME_BEGUN -> beginResume(handle, sandbox);
            case RESUMED -> resume(handle, sandbox);
            case REVERTED -> revert(handle, sandbox);
            case RELABELLED -> {
                // the bill keeps what was noted at creation
            }
            case END_BEGUN -> metering.stopAt(handle, id, clock.instant());
            case ENDED -> end(handle, sandbox);
        }
    }

    /** What is free gets its meter when it runs: it is created with one statement less, and nothing has to be frozen. */
    private void plan(Handle handle, Sandbox sandbox) {
        var subject = subject(sandbox, tariff(sandbox));
        if (!subject.tariff().equals(Tariff.free())) {
            hold(handle, sandbox, metering.plan(handle, subject, sandbox.deadline()), sandbox.createdAt());
        }
    }

    /** What the attempt before held is given back where this one needs no hold. */
    private void planAgain(Handle handle, Sandbox sandbox) {
        var meter = metering.plan(handle, subject(sandbox, tariff(sandbox)), sandbox.deadline());
        if (target(sandbox, meter, sandbox.createdAt()) == null
                || meter.subject().tariff().isFree()) {
            release(handle, sandbox, "tried elsewhere");
        }
        hold(handle, sandbox, meter, sandbox.createdAt());
    }

    private Tariff tariff(Sandbox sandbox) {
        return prices.tariff(
                registry.get(sandbox.extension()),
                sandbox.size(),
                sandbox.placement().region(),
                sandbox.consumer(),
                sandbox.receipt());
    }

    private static Subject subject(Sandbox sandbox, Tariff tariff) {
        return new Subject(
                sandbox.id().value(),
                sandbox.consumer(),
                sandbox.profile().value(),
                sandbox.extension().value(),
                sandbox.placement().region(),
                sandbox.size(),
                tariff,
                Tags.json(sandbox.metadata()));
    }

    /** Its backend says since when it runs: never before it was asked for, though clocks differ. */
    private void start(Handle handle, Sandbox sandbox) {
        var told = Objects.requireNonNull(sandbox.startedAt());
        var at = told.isBefore(sandbox.createdAt()) ? sandbox.createdAt() : told;
        var meter = metering.start(handle, subject(sandbox, Tariff.free()), at, sandbox.deadline());
        holdWhatIsThere(handle, sandbox, meter, at);
    }

    /**
     * It runs already: neither what its backend gave it beyond what was asked for nor a nano-unit of rounding is a reason to fail.
     */
    private void holdWhatIsThere(Handle handle, Sandbox sandbox, SandboxMeter meter, Instant from) {
        if (meter.subject().tariff().isFree()) {
            return;
        }
        var held = ledger.hold(handle, sandbox.id().value());
        var target = target(sandbox, meter, from);
        if (target != null && held.isPresent() && target.compareTo(held.get().remaining()) < 0) {
            hold(handle, sandbox, meter, from);
        }
    }

    private void moveDeadline(Handle handle, Sandbox sandbox) {
        metering.moveDeadline(handle, sandbox.id().value(), sandbox.deadline())
                .ifPresent(meter -> hold(handle, sandbox, meter, measuredTo(meter, now())));
    }

    private static Instant measuredTo(SandboxMeter meter, Instant otherwise) {
        return meter.meteredTo() == null ? otherwise : meter.meteredTo();
    }

    private void pause(Handle handle, Sandbox sandbox) {
        var id = sandbox.id().value();
        metering.pause(handle, id, Objects.requireNonNull(sandbox.pausedAt()));
        release(handle, sandbox, "paused");
    }

    private void beginResume(Handle handle, Sandbox sandbox) {
        metering.beginResume(handle, sandbox.id().value(), sandbox.deadline())
                .ifPresent(meter -> hold(handle, sandbox, meter, measuredTo(meter, now())));
    }

    private void resume(Handle handle, Sandbox sandbox) {
        var id = sandbox.id().value();
        metering.resume(handle, id, now(), sandbox.deadline())
                .ifPresent(meter -> holdWhatIsThere(handle, sandbox, meter, measuredTo(meter, now())));
    }

    private void revert(Handle handle, Sandbox sandbox) {
        if (sandbox.state() == SandboxState.RUNNING) {
            metering.goOn(handle, sandbox.id().value(), sandbox.deadline());
        } else {
            release(handle, sandbox, "not resumed");
        }
    }

    private void end(Handle handle, Sandbox sandbox) {
        var id = sandbox.id().value();
        if (sandbox.reason() == EndReason.LOST) {
            metering.lose(handle, id);
        } else {
            metering.end(handle, id, Objects.requireNonNull(sandbox.endedAt()));
        }
        release(handle, sandbox, Objects.requireNonNull(sandbox.reason()).text());
    }

    private void release(Handle handle, Sandbox sandbox, String why) {
        ledger.release(
                handle,
                "release:" + sandbox.id() + ":" + sandbox.version(),
                sandbox.id().value(),
                why);
    }

    /** Sets aside what it costs at most from then on, beside what it has been charged for. */
    private void hold(Handle handle, Sandbox sandbox, SandboxMeter meter, Instant from) {
        if (meter.subject().tariff().isFree()) {
            return;
        }
        var amount = target(sandbox, meter, from);
        if (amount == null) {
            requireNoLimit(handle, sandbox);
            return;
        }
        requireBelowMaxCost(handle, sandbox, amount);
        ledger.hold(
                handle,
                "hold:" + sandbox.id() + ":" + sandbox.version(),
                sandbox.consumer(),
                sandbox.id().value(),
                amount,
                sandbox.deadline().plus(OVERDUE));
    }

    /** Null when its price is not known. What it uses in its grace is set aside by nobody. */
    private @Nullable Money target(Sandbox sandbox, SandboxMeter meter, Instant from) {
        var paidUntil = sandbox.isShortOfCredit() ? sandbox.deadline().minus(grace(sandbox)) : sandbox.deadline();
        return meter.worstCase(from, paidUntil).orElse(null);
    }

    /** How long it may go on when its consumer's credit is used up; not at all when it has a limit of its own. */
    private Duration grace(Sandbox sandbox) {
        return sandbox.terms().maxCost() == null ? prices.grace() : Duration.ZERO;
    }

    private void requireNoLimit(Handle handle, Sandbox sandbox) {
        if (sandbox.terms().maxCost() != null
                || ledger.balance(handle, sandbox.consumer()).available() != null) {
            throw new SandboxException(
                    ErrorCode.INSUFFICIENT_CREDITS,
                    "the price of " + sandbox.extension() + " is not known, so nothing can be set aside for it; give it"
                            + " one in rates.yaml");
        }
    }

    private void requireBelowMaxCost(Handle handle, Sandbox sandbox, Money amount) {
        var most = sandbox.terms().maxCost();
        if (most == null) {
            return;
        }
        var captured = ledger.hold(handle, sandbox.id().value())
                .map(hold -> hold.captured())
                .orElse(Money.ZERO);
        if (captured.plus(amount).compareTo(most) > 0) {
            throw new SandboxException(
                    ErrorCode.INSUFFICIENT_CREDITS,
                    "sandbox " + sandbox.id() + " may cost " + most + " in all, has cost " + captured
                            + " and would cost up to " + amount + " more");
        }
    }

    @Override
    public Instant until(Sandbox sandbox, Instant from, Instant wanted) {
        var meter = metering.meter(sandbox.id().value());
        if (meter.isEmpty() || meter.get().subject().tariff().isFree()) {
            return wanted;
        }
        var spendable = spendable(sandbox);
        if (spendable == null) {
            return wanted;
        }
        var until = meter.get().affordableUntil(measuredTo(meter.get(), from), spendable, wanted);
        return until.isBefore(wanted) ? withGrace(sandbox, until, wanted) : wanted;
    }

    /** Less than is wanted: of one that is short of credit, the grace is not set aside. */
    private Instant withGrace(Sandbox sandbox, Instant until, Instant wanted) {
        var later = until.plus(grace(sandbox));
        return later.isBefore(wanted) ? later : wanted.minusMillis(1);
    }

    /** What may be set aside for it, with what is already; null = as much as anybody likes. */
    private @Nullable Money spendable(Sandbox sandbox) {
        var hold = ledger.hold(sandbox.id().value());
        var held = hold.filter(it -> it.closedAt() == null)
                .map(it -> it.remaining())
                .orElse(Money.ZERO);
        var available = ledger.balance(sandbox.consumer()).available();
        var byCredit = available == null ? null : available.plus(held);
        var most = sandbox.terms().maxCost();
        if (most == null) {
            return byCredit;
        }
        var captured = hold.map(it -> it.captured()).orElse(Money.ZERO);
        var byMaxCost = most.minus(captured);
        return byCredit == null ? byMaxCost : byCredit.min(byMaxCost);
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
