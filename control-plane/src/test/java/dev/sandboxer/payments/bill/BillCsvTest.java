package dev.sandboxer.payments.bill;

import static dev.sandboxer.payments.bill.Bills.ACCOUNT;
import static dev.sandboxer.payments.bill.Bills.NOON;
import static dev.sandboxer.payments.bill.Bills.SIZE;
import static dev.sandboxer.payments.bill.Bills.line;
import static dev.sandboxer.payments.bill.Bills.subject;
import static dev.sandboxer.payments.bill.Bills.tariff;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sandboxer.payments.Money;
import dev.sandboxer.payments.rates.Meter;
import dev.sandboxer.payments.rates.Payer;
import dev.sandboxer.payments.rates.Tariff;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigDecimal;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class BillCsvTest {
    private static final int MANY = 2000;

    @Test
    void a_focus_file_keeps_the_rules_and_agrees_with_the_events() {
        var seed = System.nanoTime();
        var bills = new Bills(seed);
        var out = new StringWriter();
        var csv = new FocusCsv(out, ACCOUNT);
        var written = new ArrayList<BillLine>();
        for (int i = 0; i < MANY; i++) {
            var line = bills.any();
            csv.write(line);
            if (line.isPriced()) {
                written.add(line);
            }
        }
        var rows = Csv.read(out.toString());
        assertThat(rows).as("seed " + seed).hasSameSizeAs(written);
        assertThat(csv.leftOut()).as("seed " + seed).isPositive().isEqualTo(MANY - written.size());
        for (int i = 0; i < rows.size(); i++) {
            var row = rows.get(i);
            assertThat(FocusRules.violations(row)).as("seed %s: %s", seed, row).isEmpty();
            var columns = FocusLine.of(written.get(i), ACCOUNT).columns();
            assertThat(row.keySet()).containsExactlyElementsOf(columns.keySet());
            assertThat(new BigDecimal(row.get("BilledCost"))).isEqualTo(columns.get("BilledCost"));
            assertThat(row.get("Tags")).isEqualTo(columns.get("Tags"));
            assertThat(row.get("x_LineId")).isEqualTo(columns.get("x_LineId"));
        }
    }

    @Test
    void text_that_a_spreadsheet_would_run_gets_an_apostrophe() {
        for (String text : new String[] {"=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\tx", "\r\nx", "\uFF1D1"}) {
            var out = new StringWriter();
            new FocusCsv(out, ACCOUNT).write(new PurchaseLine("p", text, Money.parse("1"), NOON, ""));
            assertThat(Csv.read(out.toString()).getFirst()).containsEntry("SubAccountId", "'" + text);
        }
    }

    @Test
    void a_negative_number_is_no_formula() {
        var out = new StringWriter();
        new FocusCsv(out, ACCOUNT)
                .write(new AdjustmentLine("a", "me", null, Money.parse("-1.5"), Money.ZERO, NOON, "-1.5"));
        assertThat(Csv.read(out.toString()).getFirst())
                .containsEntry("BilledCost", "-1.5")
                .containsEntry("ChargeDescription", "Correction: -1.5");
    }

    @Test
    void rows_end_with_cr_lf_and_fields_are_quoted_where_necessary() {
        var out = new StringWriter();
        var csv = new CsvWriter(out, 8);
        for (Object field : new Object[] {"a", "b,c", "say \"x\"", "two\nlines", 7L, "", "x y"}) {
            csv.field(field);
        }
        csv.field(null);
        csv.endRow();
        assertThat(out).hasToString("a,\"b,c\",\"say \"\"x\"\"\",\"two\nlines\",7,,x y,\r\n");
    }

    @Test
    void plain_usage_is_exact_to_the_millisecond_and_leaves_unknown_costs_empty() {
        var out = new StringWriter();
        var csv = new UsageCsv(out, "USD");
        var known = subject("abc", tariff(Payer.PLATFORM, SIZE, null, "0.5", "0"), SIZE);
        csv.write(line(known, Meter.CPU, 1_500, "0.00002"));
        csv.write(line(subject("def", Tariff.unknown(Payer.OWNER), SIZE), Meter.MEMORY, 1_500, "0"));
        var rows = Csv.read(out.toString());
        assertThat(rows.getFirst())
                .containsEntry("sandbox", "abc")
                .containsEntry("end", "2026-11-29T12:00:01.500Z")
                .containsEntry("meter", "cpu")
                .containsEntry("quantity", "3")
                .containsEntry("billed", "0.000063")
                .containsEntry("prepaid", "0.00002")
                .containsEntry("backend_estimate", "0.000042")
                .containsEntry("tags", "{\"team\":\"web\",\"cost\":\"42\"}");
        assertThat(rows.getLast())
                .containsEntry("quantity", "0.75")
                .containsEntry("billed", null)
                .containsEntry("backend_estimate", null)
                .containsEntry("credential_owner", "owner");
    }

    @Test
    void a_full_disk_is_an_error_and_not_a_short_bill() {
        var full = new Writer() {
            @Override
            public void write(char[] buffer, int offset, int length) throws IOException {
                throw new IOException("No space left on device");
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        assertThatThrownBy(() -> new FocusCsv(full, ACCOUNT))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("No space left");
    }
}
