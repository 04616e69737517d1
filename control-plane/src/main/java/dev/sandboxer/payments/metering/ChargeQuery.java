package dev.sandboxer.payments.metering;

import dev.sandboxer.payments.bill.ChargeLine;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A selection of lines of the bill.
 *
 * @param from inclusive; selects the lines of UTC hours that begin at this time or later
 * @param to exclusive; selects the lines of UTC hours that begin before
 * @param consumer null = all consumers
 * @param sandbox null = all sandboxes
 */
public record ChargeQuery(
        Instant from,
        Instant to,
        @Nullable String consumer,
        @Nullable String sandbox) {
    boolean contains(ChargeLine line) {
        var hour = SandboxMeter.hour(line.start());
        return !hour.isBefore(from)
                && hour.isBefore(to)
                && (consumer == null || consumer.equals(line.subject().consumer()))
                && (sandbox == null || sandbox.equals(line.subject().sandbox()));
    }
}
