package dev.sandboxer.quotas;

import dev.sandboxer.config.units.Cpus;
import dev.sandboxer.config.units.Durations;
import dev.sandboxer.consumers.ConsumerLimits;
import dev.sandboxer.consumers.Consumers;
import dev.sandboxer.consumers.CreationRate;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.lifecycle.state.Transition;
import dev.sandboxer.lifecycle.state.TransitionListener;
import dev.sandboxer.quotas.CreationBucket.Empty;
import dev.sandboxer.quotas.CreationBucket.Taken;
import dev.sandboxer.store.Database;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jdbi.v3.core.Handle;

/**
 * Keeps consumers within their limits. A creation or resumption is checked in the transaction that writes it, against everything
 * written before, so concurrent requests can't exceed a limit together. Thread-safe.
 */
public final class Quotas implements TransitionListener {
    /**
     * How long after its deadline a sandbox still counts if its end is not recorded. By then the backend has ended the sandbox, even if the
     * clocks differ. So a sandbox whose end fails, or whose creator died, stops counting.
     */
    static final Duration OVERDUE = Duration.ofMinutes(5);

    private final QuotaStore rows;
    private final Consumers consumers;
    private final InstantSource clock;

    public Quotas(Database database, Consumers consumers, InstantSource clock) {
        this.rows = new QuotaStore(database);
        this.consumers = consumers;
        this.clock = clock;
    }

    /** Returns what a consumer uses now. */
    public Usage usage(String consumer) {
        return rows.usage(consumer, overdue());
    }

    /**
     * Refuses a creation or resumption that exceeds the consumer's limits.
     *
     * @throws SandboxException {@code OVER_QUOTA}; {@code RATE_LIMITED}, saying when to try again
     */
    @Override
    public void inTransaction(Handle handle, Transition transition) {
        var sandbox = transition.after();
        switch (transition.cause()) {
            case REQUESTED -> check(handle, sandbox.consumer(), Usage.ofCreation(sandbox), true);
            case RESUME_BEGUN -> check(handle, sandbox.consumer(), Usage.ofResumption(sandbox), false);
            default -> {
                // no other transition uses more of a quota
            }
        }
    }

    private void check(Handle handle, String consumer, Usage added, boolean creation) {
        var limits = consumers.limits(handle, consumer);
        if (!limits.limitsUsage()) {
            return;
        }
        rows.lock(handle, consumer);
        var used = rows.usage(handle, consumer, overdue()).minus(added);
        new QuotaRules(consumer, limits, consumers.declared(consumer)).check(used, added);
        if (creation) {
            takeToken(handle, consumer, limits);
        }
    }

    private void takeToken(Handle handle, String consumer, ConsumerLimits limits) {
        var rate = limits.maxRate();
        if (rate == null) {
            return;
        }
        var fullAt = rows.fullAt(handle, consumer).orElse(null);
        switch (new CreationBucket(rate).take(fullAt, clock.instant())) {
            case Taken(var next) -> rows.setFullAt(handle, consumer, next);
            case Empty(var wait) -> throw tooFast(consumer, rate, wait);
        }
    }

    private static SandboxException tooFast(String consumer, CreationRate rate, Duration wait) {
        var rounded = Duration.ofMillis(Math.ceilDiv(wait.toNanos(), 1_000_000L));
        return new SandboxException(
                ErrorCode.RATE_LIMITED,
                "consumer " + consumer + " may create " + Cpus.format(rate.thousandths())
                        + " sandboxes per second, " + rate.burst() + " at once; try again in "
                        + Durations.format(rounded),
                rounded);
    }

    private Instant overdue() {
        return clock.instant().minus(OVERDUE);
    }
}
