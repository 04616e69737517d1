package dev.sandboxer.payments.bill;

import java.io.Writer;

/**
 * Writes a bill as CSV in the columns of FOCUS. Holds one line in memory. The first row names the columns. Texts that a spreadsheet would
 * treat as a formula are prefixed with an apostrophe. Not thread-safe.
 */
public final class FocusCsv {
    private final CsvWriter csv;
    private final BillingAccount account;
    private long leftOut;

    /**
     * Writes the header.
     *
     * @param out a buffered writer; the caller closes it
     * @throws java.io.UncheckedIOException if the header can't be written; {@link #write} throws it too
     */
    public FocusCsv(Writer out, BillingAccount account) {
        this.csv = new CsvWriter(out, FocusColumn.ALL.size());
        this.account = account;
        FocusColumn.ALL.forEach(column -> csv.field(column.id()));
        csv.endRow();
    }

    /** Writes a line. A line without a known price is counted but not written, since FOCUS forbids such lines. */
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

    /** Returns how many lines are not in the file because their price is not known. */
    public long leftOut() {
        return leftOut;
    }
}
