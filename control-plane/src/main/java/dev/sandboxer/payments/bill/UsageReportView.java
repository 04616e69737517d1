package dev.sandboxer.payments.bill;

import dev.sandboxer.payments.bill.UsageReport.Row;
import dev.sandboxer.payments.rates.Meter;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A usage report as JSON, the same at every front door.
 *
 * @param currency three letters of ISO 4217
 * @param from inclusive; hours that begin then or later
 * @param to exclusive
 */
public record UsageReportView(String currency, Instant from, Instant to, List<Group> groups, Group total) {
    /**
     * What one group has used.
     *
     * @param group null = what has no such tag, or everything
     * @param billed null = not known
     * @param complete whether all prices are known; otherwise {@code billed} is what is known
     * @param backendEstimate what the backends' price lists say; null = not known
     */
    public record Group(
            @Nullable String group,
            long sandboxes,
            BigDecimal cpuSeconds,
            BigDecimal memoryGiBSeconds,
            BigDecimal gpuSeconds,
            @Nullable BigDecimal billed,
            boolean complete,
            @Nullable BigDecimal backendEstimate) {
        static Group of(Row row) {
            return new Group(
                    row.group(),
                    row.sandboxes(),
                    row.quantity(Meter.CPU),
                    row.quantity(Meter.MEMORY),
                    row.quantity(Meter.GPU),
                    row.billed().known(),
                    row.billed().complete(),
                    row.backendEstimate().known());
        }
    }

    public static UsageReportView of(UsageReport report, String currency, Instant from, Instant to) {
        return new UsageReportView(
                currency, from, to, report.rows().stream().map(Group::of).toList(), Group.of(report.total()));
    }
}
