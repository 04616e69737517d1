package dev.sandboxer.routing;

import dev.sandboxer.extension.spec.SandboxSize;
import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.rates.Payer;
import dev.sandboxer.payments.rates.Tariff;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The most that a sandbox would cost at one candidate. With a consumer's own credential, this is what the backend bills the
 * consumer, not us.
 *
 * @param tariff the prices that would apply
 * @param perHour null = not known
 * @param worstCase for its whole time to live; null = not known
 */
public record Quote(
        Tariff tariff, @Nullable Money perHour, @Nullable Money worstCase) {
    private static final Duration HOUR = Duration.ofHours(1);

    /** Returns the quote for a sandbox of a size and a time to live. */
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

    /** Returns true if the backend bills somebody for the sandbox. */
    public boolean metered() {
        return tariff.payer() != Payer.NOBODY;
    }

    /** Returns the quote as users see it. */
    public String text() {
        if (tariff.equals(Tariff.free())) {
            return "free";
        }
        return perHour == null ? "metered, at an unknown price" : "metered, " + perHour + " an hour";
    }
}
