package dev.sandboxer.payments.bill;

import dev.sandboxer.payments.Decimals;
import dev.sandboxer.payments.Money;
import java.io.Writer;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes usage as plain CSV. Holds one line in memory. Times are exact to the millisecond. Lines without a known price are included,
 * with empty costs. The first row names the columns. Texts that a spreadsheet would treat as a formula are prefixed with an apostrophe. Not
 * thread-safe.
 */
public final class UsageCsv {
    private static final List<String> COLUMNS = List.of(
            "id",
            "consumer",
            "sandbox",
            "profile",
            "extension",
            "region",
            "start",
            "end",
            "meter",
            "quantity",
            "unit",
            "billed",
            "prepaid",
            "backend_estimate",
            "currency",
            "credential_owner",
            "rate_card",
            "tags");

    private final CsvWriter csv;
    private final String currency;

    /**
     * Writes the header.
     *
     * @param out a buffered writer; the caller closes it
     * @param currency of all lines, three letters of ISO 4217
     * @throws java.io.UncheckedIOException if the header can't be written; {@link #write} throws it too
     */
    public UsageCsv(Writer out, String currency) {
        this.csv = new CsvWriter(out, COLUMNS.size());
        this.currency = currency;
        COLUMNS.forEach(csv::field);
        csv.endRow();
    }

    public void write(ChargeLine line) {
        var subject = line.subject();
        csv.field(line.id());
        csv.field(subject.consumer());
        csv.field(subject.sandbox());
        csv.field(subject.profile());
        csv.field(subject.extension());
        csv.field(subject.region());
        csv.field(line.start().toString());
        csv.field(line.end().toString());
        csv.field(line.meter().text());
        csv.field(Decimals.plain(line.quantity()));
        csv.field(line.meter().unit());
        csv.field(amount(line.cost().billed()));
        csv.field(amount(line.cost().prepaid()));
        csv.field(line.backendCost().map(Decimals::plain).orElse(null));
        csv.field(currency);
        csv.field(subject.tariff().payer().text());
        csv.field(subject.tariff().card());
        csv.field(subject.tags());
        csv.endRow();
    }

    private static @Nullable BigDecimal amount(@Nullable Money money) {
        return money == null ? null : money.amount();
    }
}
