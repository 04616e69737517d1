package dev.sandboxer.payments.bill;

import java.io.Writer;

/**
 * Writes a bill as CSV in the columns of FOCUS, line by line, in the memory of one line. The first row names the columns. Texts
 * that a spreadsheet would take for a formula get an apostrophe in front. Not thread-safe.
 */
public final class FocusCsv {
    private final CsvWriter csv;
    private final BillingAccount account;
    private long leftOut;

    /**
     * Begins a file.
     *
     * @param out buffered; the caller closes it
     * @throws java.io.UncheckedIOException when the header cannot be written; so do all methods
     */
    public FocusCsv(Writer out, BillingAccount account) {
        this.csv = new CsvWriter(out, FocusColumn.ALL.size());
        this.account = account;
        FocusColumn.ALL.forEach(column -> csv.field(column.id()));
        csv.endRow();
    }

    /** Writes a line, unless it has no price: FOCUS has no place for it. */
    public void write(BillLine line) {
        if (!line.isPriced()) {
            leftOut++;
            return;
        }
        var focus = FocusLine.of(line, account);
        for (var column : FocusColumn.ALL) {
            csv.field(column.value(focus));
        }
        csv.endRow();
    }

    /** How many lines had no price and are not in the file. */
    public long leftOut() {
        return leftOut;
    }
}
