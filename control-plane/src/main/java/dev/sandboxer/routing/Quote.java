package dev.sandboxer.routing;

import dev.sandboxer.payments.Money;
import org.jspecify.annotations.Nullable;

/**
 * What a sandbox would cost at one candidate, at most. With a consumer's own credential it is what the backend will bill its
 * owner, not us.
 *
 * @param metered whether somebody bills its use
 * @param perHour null = not known
 * @param worstCase for its whole time to live; null = not known
 */
public record Quote(
        boolean metered, @Nullable Money perHour, @Nullable Money worstCase) {
    /** What costs nobody anything. */
    static final Quote FREE = new Quote(false, Money.ZERO, Money.ZERO);

    /** One whose price nobody has told us. */
    static final Quote UNKNOWN = new Quote(true, null, null);

    /** As users see it. */
    public String text() {
        if (!metered) {
            return "free";
        }
        return perHour == null ? "metered, at an unknown price" : "metered, " + perHour + " an hour";
    }
}
