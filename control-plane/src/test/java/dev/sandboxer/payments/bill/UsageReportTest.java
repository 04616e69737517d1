package dev.sandboxer.payments.bill;

import static dev.sandboxer.payments.bill.Bills.SIZE;
import static dev.sandboxer.payments.bill.Bills.line;
import static dev.sandboxer.payments.bill.Bills.subject;
import static dev.sandboxer.payments.bill.Bills.tariff;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.payments.bill.ChargeLine.Subject;
import dev.sandboxer.payments.bill.UsageReport.Amount;
import dev.sandboxer.payments.bill.UsageReport.Row;
import dev.sandboxer.payments.rates.Meter;
import dev.sandboxer.payments.rates.Payer;
import dev.sandboxer.payments.rates.Tariff;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UsageReportTest {
    private static final Tariff PAID = tariff(Payer.PLATFORM, SIZE, null, "0.5", "0");

    @Test
    void a_row_sums_up_quantities_costs_and_backend_estimates() {
        var report = report("none", line(of("a", "x"), Meter.CPU, 1000, "0"), line(of("a", "x"), Meter.CPU, 2000, "0"));
        report.add(line(of("a", "x"), Meter.MEMORY, 3000, "0"));
        var row = report.rows().getFirst();
        assertThat(row.group()).isNull();
        assertThat(row.sandboxes()).isEqualTo(1);
        assertThat(row.quantity(Meter.CPU)).isEqualTo("6");
        assertThat(row.quantity(Meter.MEMORY)).isEqualTo("1.5");
        assertThat(row.quantity(Meter.GPU)).isZero();
        assertThat(row.billed()).isEqualTo(amount("0.000136125", true));
        assertThat(row.backendEstimate()).isEqualTo(amount("0.00009075", true));
        assertThat(report.total()).isEqualTo(row);
    }

    @Test
    void an_unknown_cost_is_marked_and_never_shown_as_0() {
        var unknown = line(subject("b", Tariff.unknown(Payer.PLATFORM), SIZE), Meter.CPU, 1000, "0");
        var report = report("none", unknown);
        assertThat(report.total().billed()).isEqualTo(new Amount(null, false));
        assertThat(report.total().backendEstimate()).isEqualTo(new Amount(null, false));
        assertThat(report.total().quantity(Meter.CPU)).isEqualTo("2");

        report.add(line(of("c", "x"), Meter.CPU, 1000, "0"));
        assertThat(report.total().billed()).isEqualTo(amount("0.000042", false));
    }

    @Test
    void no_usage_has_a_known_cost_of_0() {
        var report = report("consumer");
        assertThat(report.rows()).isEmpty();
        assertThat(report.total().billed()).isEqualTo(amount("0", true));
    }

    @Test
    void groups_are_sorted_and_usage_without_the_tag_comes_last() {
        var report = report(
                "tag:team",
                line(of("a", "{\"team\":\"web\"}"), Meter.CPU, 1000, "0"),
                line(of("b", null), Meter.CPU, 1000, "0"),
                line(of("c", "{\"team\":\"core\"}"), Meter.CPU, 1000, "0"),
                line(of("d", "{\"team\":null}"), Meter.CPU, 1000, "0"),
                line(of("e", "{\"team\":\"web\"}"), Meter.CPU, 1000, "0"));
        assertThat(report.rows()).extracting(Row::group).containsExactly("core", "web", null);
        assertThat(report.rows()).extracting(Row::sandboxes).containsExactly(1L, 2L, 2L);
        assertThat(report.total().sandboxes()).isEqualTo(5);
    }

    @Test
    void a_sandbox_of_two_days_is_in_both_and_once_in_the_total() {
        var first = line(of("a", null), Meter.CPU, 1000, "0");
        var second = new ChargeLine(
                "2",
                first.subject(),
                Meter.CPU,
                Instant.parse("2026-11-30T00:00:00Z"),
                Instant.parse("2026-11-30T00:00:01Z"),
                first.quantity(),
                first.cost());
        var report = report("day", first, second);
        assertThat(report.rows()).extracting(Row::group).containsExactly("2026-11-29", "2026-11-30");
        assertThat(report.rows()).extracting(Row::sandboxes).containsExactly(1L, 1L);
        assertThat(report.total().sandboxes()).isEqualTo(1);
    }

    @Test
    void usage_is_grouped_by_consumer_profile_or_extension() {
        var line = line(of("a", null), Meter.CPU, 1000, "0");
        assertThat(group("consumer", line)).isEqualTo("team-a");
        assertThat(group("profile", line)).isEqualTo("profile.base");
        assertThat(group("extension", line)).isEqualTo("ext.e2b");
        for (String unknown : List.of("", "tag:", "sandbox", "Consumer")) {
            assertThatThrownBy(() -> GroupBy.parse(unknown)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void rows_and_total_agree_for_every_grouping() {
        var seed = System.nanoTime();
        var bills = new Bills(seed);
        for (String by : List.of("consumer", "extension", "day", "tag:team", "none")) {
            var report = report(by);
            Stream.generate(bills::usage)
                    .limit(500)
                    .sorted(Comparator.comparing(line -> line.subject().sandbox()))
                    .forEach(report::add);
            var known = report.rows().stream()
                    .map(row -> row.billed().known())
                    .filter(amount -> amount != null)
                    .reduce(BigDecimal.ZERO, BigDecimal::add);
            assertThat(report.total().billed().known()).as("seed " + seed).isEqualByComparingTo(known);
        }
    }

    @Test
    void unsorted_lines_are_refused() {
        var report = report("none", line(of("b", null), Meter.CPU, 1000, "0"));
        assertThatThrownBy(() -> report.add(line(of("a", null), Meter.CPU, 1000, "0")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("a after b");
    }

    private static UsageReport report(String by, ChargeLine... lines) {
        var report = new UsageReport(GroupBy.parse(by));
        for (var line : lines) {
            report.add(line);
        }
        return report;
    }

    private static @Nullable String group(String by, ChargeLine line) {
        return report(by, line).rows().getFirst().group();
    }

    private static Subject of(String sandbox, @Nullable String tags) {
        return new Subject(sandbox, "team-a", "profile.base", "ext.e2b", null, SIZE, PAID, tags);
    }

    private static Amount amount(String known, boolean complete) {
        return new Amount(new BigDecimal(known), complete);
    }
}
