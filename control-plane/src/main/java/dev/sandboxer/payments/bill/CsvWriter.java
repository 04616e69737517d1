package dev.sandboxer.payments.bill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows of CSV as RFC 4180 describes them: fields separated by commas, rows ended by CR LF, fields quoted where they have
 * to be. Null is an empty field.
 *
 * <p>Spreadsheets take a text for a formula when it begins with {@code = + - @}, one of their full-width forms, a tab or a line
 * break. Such a text gets an apostrophe in front, which spreadsheets don't show. Numbers stay as they are.
 *
 * <p>Holds one row in memory. Not thread-safe.
 */
final class CsvWriter {
    private static final String FORMULA_STARTS = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";
    private static final int TYPICAL_ROW = 2048;

    private final Appendable out;
    private final StringBuilder row = new StringBuilder(TYPICAL_ROW);
    private boolean inRow;

    CsvWriter(Appendable out) {
        this.out = out;
    }

    /** Adds a field: a text, a whole number, a decimal or nothing. */
    void field(@Nullable Object value) {
        if (inRow) {
            row.append(',');
        }
        inRow = true;
        switch (value) {
            case null -> {}
            case String text -> text(text);
            case BigDecimal decimal -> row.append(decimal.toPlainString());
            case Long number -> row.append(number.longValue());
            default -> throw new IllegalArgumentException("no field of a CSV file: " + value.getClass());
        }
    }

    private void text(String text) {
        if (text.isEmpty()) {
            return;
        }
        boolean formula = FORMULA_STARTS.indexOf(text.charAt(0)) >= 0;
        if (!needsQuotes(text)) {
            row.append(formula ? "'" : "").append(text);
            return;
        }
        row.append('"')
                .append(formula ? "'" : "")
                .append(text.replace("\"", "\"\""))
                .append('"');
    }

    private static boolean needsQuotes(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == ',' || c == '"' || c == '\r' || c == '\n') {
                return true;
            }
        }
        return false;
    }

    /** @throws UncheckedIOException when the row cannot be written */
    void endRow() {
        try {
            out.append(row.append("\r\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        row.setLength(0);
        inRow = false;
    }
}
