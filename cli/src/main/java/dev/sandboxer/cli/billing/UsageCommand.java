package dev.sandboxer.cli.billing;

import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.cli.terminal.Table;
import dev.sandboxer.config.units.Moments;
import dev.sandboxer.payments.bill.ChargeLine;
import dev.sandboxer.payments.bill.FocusCsv;
import dev.sandboxer.payments.bill.GroupBy;
import dev.sandboxer.payments.bill.UsageCsv;
import dev.sandboxer.payments.bill.UsageReport;
import dev.sandboxer.payments.bill.UsageReport.Amount;
import dev.sandboxer.payments.bill.UsageReport.Row;
import dev.sandboxer.payments.bill.UsageReportView;
import dev.sandboxer.payments.metering.ChargeQuery;
import dev.sandboxer.payments.rates.Meter;
import dev.sandboxer.profiles.Spelling;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** {@code usage}: shows what sandboxes have used and what it costs. */
public final class UsageCommand extends Command {
    private static final BigDecimal SECONDS_PER_HOUR = new BigDecimal(3600);
    private static final int SHOWN_DECIMALS = 4;
    private static final int MONEY_DECIMALS = 9;

    private final Supplier<@Nullable Instant> from = syntax.option(
            "--from", "TIME", "Usage from this time on: " + Moments.FORMS + " (default: this month).", this::time);
    private final Supplier<@Nullable Instant> to =
            syntax.option("--to", "TIME", "Usage before this time (default: now).", this::time);
    private final Supplier<GroupBy> by = syntax.option(
            "--by",
            "GROUP",
            "Group by consumer, profile, extension, day, tag:NAME or none (default: consumer).",
            "consumer",
            GroupBy::parse);
    private final Supplier<@Nullable String> consumer =
            syntax.option("--consumer", "NAME", "Usage of this consumer (default: all consumers).");
    private final Supplier<Format> format = syntax.option(
            "--format", "FORMAT", "table, json, csv or focus-csv (default: table).", "table", Format::parse);
    private final Supplier<Boolean> json = syntax.flag("--json", "Like --format json.");

    private enum Format {
        TABLE,
        JSON,
        CSV,
        FOCUS_CSV;

        static Format parse(String text) {
            return switch (text) {
                case "table" -> TABLE;
                case "json" -> JSON;
                case "csv" -> CSV;
                case "focus-csv" -> FOCUS_CSV;
                default ->
                    throw new IllegalArgumentException(
                            "unknown format " + Spelling.quoted(text) + "; use table, json, csv or focus-csv");
            };
        }
    }

    public UsageCommand(Context context) {
        super(context, "Show what sandboxes have used and what it costs.");
    }

    private Instant time(String text) {
        return Moments.parse(text, Instant::now);
    }

    @Override
    public Integer call() {
        var now = sandboxer().clock().instant();
        var since = from.get() == null
                ? now.atZone(ZoneOffset.UTC)
                        .truncatedTo(ChronoUnit.DAYS)
                        .withDayOfMonth(1)
                        .toInstant()
                : from.get();
        var until = to.get() == null ? now : to.get();
        if (!since.isBefore(until)) {
            throw syntax.usageError("--from must be before --to");
        }
        if (consumer.get() instanceof String name) {
            sandboxer().consumers().get(name);
        }
        sandboxer().sandboxes().readNetwork();
        var query = new ChargeQuery(since, until, consumer.get(), null);
        switch (json.get() ? Format.JSON : format.get()) {
            case TABLE -> printTable(report(query, now));
            case JSON -> printJson(query, report(query, now));
            case CSV -> csv(query, now);
            case FOCUS_CSV -> focusCsv(query, now);
        }
        return 0;
    }

    private UsageReport report(ChargeQuery query, Instant now) {
        var report = new UsageReport(by.get());
        forEach(query, now, report::add);
        return report;
    }

    private void forEach(ChargeQuery query, Instant now, Consumer<ChargeLine> reader) {
        sandboxer().metering().forEach(query, now, reader);
    }

    private void printJson(ChargeQuery query, UsageReport report) {
        console.print(JsonOutput.text(UsageReportView.of(report, currency(), query.from(), query.to())));
    }

    private void printTable(UsageReport report) {
        var rows = report.rows();
        if (rows.isEmpty()) {
            console.print("Nothing was used in that time.");
            return;
        }
        var columns = columns(report.total());
        var names = new ArrayList<>(List.of("GROUP", "SANDBOXES"));
        columns.forEach(column -> names.add(column.name()));
        names.addAll(List.of(currency(), "LIST PRICE"));
        var table = new Table(names.toArray(String[]::new));
        rows.forEach(row -> add(table, columns, row.group() == null ? "-" : row.group(), row));
        if (rows.size() > 1) {
            add(table, columns, "TOTAL", report.total());
        }
        table.print(console);
        if (!report.total().billed().complete()) {
            console.print("");
            console.print("Amounts with ? are too low: some prices are not known. See rates.yaml.");
        }
    }

    /**
     * A column for a meter.
     *
     * @param units units of the meter that the column shows as 1
     */
    private record Column(String name, Meter meter, BigDecimal units) {
        String text(Row row) {
            return row.quantity(meter)
                    .divide(units, SHOWN_DECIMALS, RoundingMode.HALF_EVEN)
                    .stripTrailingZeros()
                    .toPlainString();
        }
    }

    /**
     * Returns the columns for meters. To fit into 80 columns, traffic is shown only if there was any; it then replaces the GPU column
     * unless GPUs were used.
     */
    private static List<Column> columns(Row total) {
        var columns = new ArrayList<>(List.of(
                new Column("CPU HOURS", Meter.CPU, SECONDS_PER_HOUR),
                new Column("GIB HOURS", Meter.MEMORY, SECONDS_PER_HOUR)));
        var hasNetwork = isUsed(total, Meter.NETWORK_IN) || isUsed(total, Meter.NETWORK_OUT);
        if (!hasNetwork || isUsed(total, Meter.GPU)) {
            columns.add(new Column("GPU HOURS", Meter.GPU, SECONDS_PER_HOUR));
        }
        if (hasNetwork) {
            columns.add(new Column("GIB IN", Meter.NETWORK_IN, BigDecimal.ONE));
            columns.add(new Column("GIB OUT", Meter.NETWORK_OUT, BigDecimal.ONE));
        }
        return columns;
    }

    private static boolean isUsed(Row row, Meter meter) {
        return row.quantity(meter).signum() > 0;
    }

    private static void add(Table table, List<Column> columns, String group, Row row) {
        var cells = new ArrayList<>(List.of(group, Long.toString(row.sandboxes())));
        columns.forEach(column -> cells.add(column.text(row)));
        cells.addAll(List.of(amount(row.billed()), amount(row.backendEstimate())));
        table.row(cells.toArray(String[]::new));
    }

    private static String amount(Amount amount) {
        var known = amount.known() == null
                ? ""
                : amount.known()
                        .setScale(Math.min(amount.known().scale(), MONEY_DECIMALS), RoundingMode.HALF_EVEN)
                        .stripTrailingZeros()
                        .toPlainString();
        return amount.complete() ? known : known + "?";
    }

    private void csv(ChargeQuery query, Instant now) {
        var csv = new UsageCsv(console.writer(), currency());
        forEach(query, now, csv::write);
    }

    private void focusCsv(ChargeQuery query, Instant now) {
        var csv = new FocusCsv(console.writer(), sandboxer().billingAccount());
        forEach(query, now, csv::write);
        if (csv.leftOut() > 0) {
            console.note(csv.leftOut() + " lines have no known price and were left out; --format csv has them");
        }
    }

    private String currency() {
        return sandboxer().billingAccount().currency();
    }
}
