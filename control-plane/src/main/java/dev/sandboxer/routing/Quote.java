package dev.sandboxer.routing;

import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.rates.Payer;
import dev.sandboxer.payments.rates.Tariff;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a sandbox would cost at one candidate, at most. With a consumer's own credential it is what the backend will bill its
 * owner, not us.
 *
 * @param tariff the prices that would hold for it
 * @param perHour null = not known
 * @param worstCase for its whole time to live; null = not known
 */
public record Quote(
        Tariff tariff, @Nullable Money perHour, @Nullable Money worstCase) {
    private static final Duration HOUR = Duration.ofHours(1);

    /** The quote for a sandbox of that size that lives that long. */
    static Quote of(Tariff tariff, SandboxSize size, Duration ttl) {
        var creation = most(tariff, size, Duration.ZERO);
        var hour = most(tariff, size, HOUR);
        return new Quote(
                tariff, hour == null || creation == null ? null : hour.minus(creation), most(tariff, size, ttl));
    }

    private static @Nullable Money most(Tariff tariff, SandboxSize size, Duration length) {
        var cost =
                tariff.payer() == Payer.OWNER ? tariff.worstCaseListed(size, length) : tariff.worstCase(size, length);
        return cost.orElse(null);
    }

    /** Returns true if its backend bills somebody for it. */
    public boolean metered() {
        return tariff.payer() != Payer.NOBODY;
    }

    /** As users see it. */
    public String text() {
        if (tariff.equals(Tariff.free())) {
            return "free";
        }
        return perHour == null ? "metered, at an unknown price" : "metered, " + perHour + " an hour";
    }
}
