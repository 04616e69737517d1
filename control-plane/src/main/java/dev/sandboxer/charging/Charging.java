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
import java.util.Collection;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Charges sandboxes from creation to end. The transaction that requests a sandbox freezes its prices and holds the worst-case cost. The
 * meter runs while the sandbox runs. The transaction that ends it releases the rest of the hold. Thread-safe.
 */
public final class Charging implements TransitionListener, Funding {
    /** A hold expires this long after its sandbox's deadline. By then nothing is charged any more. */
    private static final Duration HOLD_GRACE = Duration.ofDays(1);

    private final ExtensionRegistry registry;
    private final Prices prices;
    private final Ledger ledger;
    private final Metering metering;
    private final NetworkReadings readings;
    private final InstantSource clock;

    public Charging(
            ExtensionRegistry registry,
            Prices prices,
            Ledger ledger,
            Metering metering,
            NetworkReadings readings,
            InstantSource clock) {
        this.registry = registry;
        this.prices = prices;
        this.ledger = ledger;
        this.metering = metering;
        this.readings = readings;
        this.clock = clock;
    }

    /**
     * Updates the meter and the hold of a sandbox for a transition.
     *
     * @throws SandboxException {@code INSUFFICIENT_CREDITS} if the consumer can't pay for the sandbox
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
            case READY -> {
                // charged since CREATED
            }
            case RELABELLED -> {
                // the bill keeps the tags that the sandbox was created with
            }
            case NETWORK_ASKED -> {
                // network rules are free
            }
            case END_BEGUN -> metering.stopAt(handle, id, clock.instant());
            case ENDED -> end(handle, sandbox);
        }
    }

    /** A free sandbox gets its meter when it starts: it has no prices to freeze, and its creation saves a statement. */
    private void plan(Handle handle, Sandbox sandbox) {
        var subject = subject(sandbox, tariff(sandbox));
        if (!subject.tariff().equals(Tariff.free())) {
            hold(handle, sandbox, metering.plan(handle, subject, sandbox.deadline()), sandbox.createdAt());
        }
    }

    /** Releases the hold of the previous attempt if this attempt needs none. */
    private void planAgain(Handle handle, Sandbox sandbox) {
        var meter = metering.plan(handle, subject(sandbox, tariff(sandbox)), sandbox.deadline());
        if (worstCase(sandbox, meter, sandbox.createdAt()) == null
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

    /** Charges from the start that the backend reports, but never from before the request: the backend's clock may be behind. */
    private void start(Handle handle, Sandbox sandbox) {
        var reported = Objects.requireNonNull(sandbox.startedAt());
        var at = reported.isBefore(sandbox.createdAt()) ? sandbox.createdAt() : reported;
        var meter = metering.start(handle, subject(sandbox, Tariff.free()), at, sandbox.deadline());
        reduceHold(handle, sandbox, meter, at);
    }

    /**
     * Lowers the hold of a running sandbox to the worst case, and never raises it. A running sandbox must not fail because its backend has
     * given it more than was requested, or because of a rounded nano-unit.
     */
    private void reduceHold(Handle handle, Sandbox sandbox, SandboxMeter meter, Instant from) {
        if (meter.subject().tariff().isFree()) {
            return;
        }
        var held = ledger.hold(handle, sandbox.id().value());
        var amount = worstCase(sandbox, meter, from);
        if (amount != null && held.isPresent() && amount.compareTo(held.get().remaining()) < 0) {
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
                .ifPresent(meter -> reduceHold(handle, sandbox, meter, measuredTo(meter, now())));
    }

    private void revert(Handle handle, Sandbox sandbox) {
        if (sandbox.state() == SandboxState.RUNNING) {
            metering.cancelStop(handle, sandbox.id().value(), sandbox.deadline());
        } else {
            release(handle, sandbox, "not resumed");
        }
    }

    private void end(Handle handle, Sandbox sandbox) {
        var id = sandbox.id().value();
        if (sandbox.reason() == EndReason.LOST
                || sandbox.reason() == EndReason.IDLE) { // the time of the end is not known
            metering.endLost(handle, id);
        } else {
            metering.end(handle, id, Objects.requireNonNull(sandbox.endedAt()));
        }
        release(handle, sandbox, Objects.requireNonNull(sandbox.reason()).text());
    }

    private void release(Handle handle, Sandbox sandbox, String note) {
        ledger.release(
                handle,
                "release:" + sandbox.id() + ":" + sandbox.version(),
                sandbox.id().value(),
                note);
    }

    /**
     * Holds the most that a sandbox costs from now on.
     *
     * @param from end of the charged time
     * @throws SandboxException {@code INSUFFICIENT_CREDITS}
     */
    private void hold(Handle handle, Sandbox sandbox, SandboxMeter meter, Instant from) {
        if (meter.subject().tariff().isFree()) {
            return;
        }
        var amount = worstCase(sandbox, meter, from);
        if (amount == null) {
            requireUnlimited(handle, sandbox);
            return;
        }
        requireBelowMaxCost(handle, sandbox, amount);
        ledger.hold(
                handle,
                "hold:" + sandbox.id() + ":" + sandbox.version(),
                sandbox.consumer(),
                sandbox.id().value(),
                amount,
                sandbox.deadline().plus(HOLD_GRACE));
    }

    /** Returns the most that a sandbox costs from now on, without its grace, which is never held; null = its prices are not known. */
    private @Nullable Money worstCase(Sandbox sandbox, SandboxMeter meter, Instant from) {
        var paidUntil = sandbox.isShortOfCredit() ? sandbox.deadline().minus(grace(sandbox)) : sandbox.deadline();
        return meter.worstCase(from, paidUntil).orElse(null);
    }

    /** Returns how long a sandbox may keep running after its consumer's credit is used up; zero if the sandbox has a limit of its own. */
    private Duration grace(Sandbox sandbox) {
        return sandbox.terms().maxCost() == null ? prices.grace() : Duration.ZERO;
    }

    /** Requires that neither the sandbox nor its consumer has a limit: a sandbox without known prices has no hold. */
    private void requireUnlimited(Handle handle, Sandbox sandbox) {
        if (sandbox.terms().maxCost() != null
                || ledger.balance(handle, sandbox.consumer()).available() != null) {
            throw new SandboxException(
                    ErrorCode.INSUFFICIENT_CREDITS,
                    "no credit can be held for sandbox " + sandbox.id() + ": the price of " + sandbox.extension()
                            + " is not known; set it in rates.yaml");
        }
    }

    /** @param amount the most that the sandbox costs from now on */
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
                    "sandbox " + sandbox.id() + " would cost up to " + captured.plus(amount)
                            + " in all, more than its limit of " + most + "; ask for less time");
        }
    }

    @Override
    public Instant affordableUntil(Sandbox sandbox, Instant from, Instant wanted) {
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

    /** Adds the grace. The result stays before {@code wanted}, so that the sandbox counts as short of credit and its grace is not held. */
    private Instant withGrace(Sandbox sandbox, Instant until, Instant wanted) {
        var later = until.plus(grace(sandbox));
        return later.isBefore(wanted) ? later : wanted.minusMillis(1);
    }

    @Override
    public void read(Collection<Sandbox> sandboxes) {
        readings.read(sandboxes);
    }

    @Override
    public Collection<Sandbox> overdrawn(Collection<Sandbox> running) {
        var talking = metering.withTraffic().stream()
                .filter(meter -> meter.subject().tariff().chargesNetwork())
                .collect(Collectors.toMap(meter -> meter.subject().sandbox(), Function.identity()));
        return running.stream()
                .filter(sandbox -> {
                    var meter = talking.get(sandbox.id().value());
                    return meter != null && isOverdrawn(sandbox, meter);
                })
                .toList();
    }

    /**
     * Returns true if the sandbox costs more than its consumer can spend. The cost of the grace period doesn't count, because that period
     * has a deadline of its own.
     */
    private boolean isOverdrawn(Sandbox sandbox, SandboxMeter meter) {
        var now = now();
        var spendable = spendable(sandbox);
        if (spendable == null || !sandbox.deadline().isAfter(now)) {
            return false;
        }
        var tariff = meter.subject().tariff();
        var size = meter.subject().size();
        var grace = tariff.worstCase(size, grace(sandbox))
                .orElse(Money.ZERO)
                .minus(tariff.worstCase(size, Duration.ZERO).orElse(Money.ZERO));
        return !meter.affordableUntil(measuredTo(meter, now), spendable.plus(grace), sandbox.deadline())
                .isAfter(now);
    }

    /** Returns the most that may be held for a sandbox, including its present hold; null = no limit. */
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
