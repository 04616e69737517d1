package dev.sandboxer.routing;

import dev.sandboxer.config.units.Durations;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.rates.Tariff;
import dev.sandboxer.routing.Verdict.Code;
import dev.sandboxer.routing.Verdict.Eligible;
import dev.sandboxer.routing.Verdict.Skipped;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Cuts the time to live of a sandbox to what its consumer can pay for. For one request; not thread-safe. */
final class AffordableTime {
    /** The shortest affordable time for which a sandbox is created. */
    private static final Duration MIN_TTL = Duration.ofMinutes(1);

    private final Credits credits;
    private final Requirements requirements;
    private final Duration grace;
    private @Nullable Money spendable;
    private boolean asked;

    /** @param grace how long a sandbox may keep running after its consumer's credit is used up; not added under {@code maxCost} */
    AffordableTime(Credits credits, Requirements requirements, Duration grace) {
        this.credits = credits;
        this.requirements = requirements;
        this.grace = grace;
    }

    Verdict check(Eligible eligible) {
        var tariff = eligible.quote().tariff();
        if (tariff.isFree()) {
            return eligible;
        }
        var most = spendable();
        if (most == null) {
            return eligible;
        }
        return tariff.isKnown()
                ? withCredit(eligible, tariff, most)
                : skipped(eligible, "its price is not known, so no credit can be held; set it in rates.yaml");
    }

    private Verdict withCredit(Eligible eligible, Tariff tariff, Money most) {
        var size = eligible.spec().size();
        var wanted = requirements.ttl();
        var cost = tariff.worstCase(size, wanted).orElseThrow();
        if (cost.compareTo(most) <= 0) {
            return eligible;
        }
        var time = tariff.affordable(size, most);
        var shortest = shorter(wanted, MIN_TTL);
        if (time.compareTo(shortest) < 0) {
            return skipped(
                    eligible,
                    "costs up to " + cost + ", and " + most.max(Money.ZERO) + " pays for less than "
                            + Durations.format(shortest));
        }
        var seconds = Durations.format(time.truncatedTo(ChronoUnit.SECONDS));
        var more = requirements.maxCost() == null ? grace : Duration.ZERO;
        var less = wanted.minusMillis(1); // the full time would need the full cost to be set aside
        return eligible.withAffordableTtl(
                shorter(less, time.plus(more)), "limited to " + seconds + ", the time that " + most + " pays for");
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private static Verdict skipped(Eligible eligible, String reason) {
        return new Skipped(eligible.extension(), Code.INSUFFICIENT_CREDITS, reason, eligible.quote());
    }

    /** Returns what may be spent on the sandbox; null = no limit. */
    private @Nullable Money spendable() {
        if (!asked) {
            asked = true;
            var available = credits.available(requirements.requester().consumer());
            var limit = requirements.maxCost();
            if (available == null) {
                spendable = limit;
            } else {
                spendable = limit == null ? available : available.min(limit);
            }
        }
        return spendable;
    }
}
