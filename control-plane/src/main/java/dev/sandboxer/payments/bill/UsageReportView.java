package dev.sandboxer.payments.bill;

import dev.sandboxer.payments.bill.UsageReport.Row;
import dev.sandboxer.payments.rates.Meter;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A usage report as JSON, in the form that the CLI and the REST API share.
 *
 * @param currency three letters of ISO 4217
 * @param from inclusive; the report covers hours that begin at this time or later
 * @param to exclusive
 */
public record UsageReportView(String currency, Instant from, Instant to, List<Group> groups, Group total) {
    /**
     * The usage of one group.
     *
     * @param group null = the usage without the tag, or everything
     * @param networkInGiB received
     * @param networkOutGiB sent
     * @param billed sum of the known costs; null = none is known
     * @param complete true if all prices are known
     * @param backendEstimate cost by the backends' price lists; null = not known
     */
    public record Group(
            @Nullable String group,
            long sandboxes,
            BigDecimal cpuSeconds,
            BigDecimal memoryGiBSeconds,
            BigDecimal gpuSeconds,
            BigDecimal networkInGiB,
            BigDecimal networkOutGiB,
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
                    row.quantity(Meter.NETWORK_IN),
                    row.quantity(Meter.NETWORK_OUT),
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
