package dev.sandboxer.payments.metering;

import dev.sandboxer.payments.bill.ChargeLine;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which lines of the bill are wanted.
 *
 * @param from inclusive; lines of the UTC hours that begin then or later
 * @param to exclusive
 * @param consumer null = everybody's
 * @param sandbox null = all
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
