package dev.sandboxer.cli.billing;

import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.cli.terminal.Table;
import dev.sandboxer.config.Moments;
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
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What sandboxes have used, and what that costs. Reads only. */
public final class UsageCommand extends Command {
    private static final BigDecimal SECONDS_PER_HOUR = new BigDecimal(3600);
    private static final int SHOWN_DECIMALS = 4;

    private final Supplier<@Nullable Instant> from =
            syntax.option("--from", "TIME", "From then on: " + Moments.FORMS + " (default: this month).", this::time);
    private final Supplier<@Nullable Instant> to =
            syntax.option("--to", "TIME", "Until then, exclusive (default: now).", this::time);
    private final Supplier<GroupBy> by = syntax.option(
            "--by",
            "GROUP",
            "Group by consumer, profile, extension, day, tag:NAME or none (default: consumer).",
            "consumer",
            GroupBy::parse);
    private final Supplier<@Nullable String> consumer =
            syntax.option("--consumer", "NAME", "Of one consumer (default: of all).");
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
                            "unknown format '" + text + "'; use table, json, csv or focus-csv");
            };
        }
    }

    public UsageCommand(Context context) {
        super(context, "Say what sandboxes have used, and what that costs.");
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
            throw syntax.usageError("--from has to be before --to");
        }
        if (consumer.get() instanceof String name) {
            sandboxer().consumers().get(name);
        }
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
        var table = new Table("GROUP", "SANDBOXES", "CPU HOURS", "GIB HOURS", "GPU HOURS", currency(), "LIST PRICE");
        rows.forEach(row -> add(table, row.group() == null ? "-" : row.group(), row));
        if (rows.size() > 1) {
            add(table, "TOTAL", report.total());
        }
        table.print(console);
        if (!report.total().billed().complete()) {
            console.print("");
            console.print("Some prices are not known: ? costs more than it says. See rates.yaml.");
        }
    }

    private static void add(Table table, String group, Row row) {
        table.row(
                group,
                Long.toString(row.sandboxes()),
                hours(row.quantity(Meter.CPU)),
                hours(row.quantity(Meter.MEMORY)),
                hours(row.quantity(Meter.GPU)),
                amount(row.billed()),
                amount(row.backendEstimate()));
    }

    private static String hours(BigDecimal seconds) {
        return seconds.divide(SECONDS_PER_HOUR, SHOWN_DECIMALS, RoundingMode.HALF_EVEN)
                .stripTrailingZeros()
                .toPlainString();
    }

    private static String amount(Amount amount) {
        var known = amount.known() == null
                ? ""
                : amount.known().stripTrailingZeros().toPlainString();
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
