package dev.sandboxer.payments.bill;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * Writes rows of CSV as RFC 4180 describes them: fields separated by commas, rows ended by CR LF, fields quoted where necessary. Null is
 * an empty field.
 *
 * <p>Spreadsheets treat a text as a formula if it begins with {@code = + - @}, one of their full-width forms, a tab or a line
 * break. Such a text is prefixed with an apostrophe, which spreadsheets don't show. Numbers stay as they are.
 *
 * <p>Holds one row in memory. Not thread-safe.
 */
final class CsvWriter {
    private static final int TYPICAL_ROW = 2048;

    private final Writer out;
    private final StringBuilder row = new StringBuilder(TYPICAL_ROW);
    private char[] chars = new char[TYPICAL_ROW];

    /** The last text of each column that needed no escaping. The next row often has the same object, which then needs no check. */
    private final @Nullable String[] unchanged;

    private int column;

    CsvWriter(Writer out, int columns) {
        this.out = out;
        this.unchanged = new String[columns];
    }

    /** Adds a field: a {@code String}, {@code Long}, {@code BigDecimal} or null. */
    void field(@Nullable Object value) {
        if (column > 0) {
            row.append(',');
        }
        switch (value) {
            case null -> {}
            case String text -> text(text);
            case BigDecimal decimal -> row.append(decimal.toPlainString());
            case Long number -> row.append(number.longValue());
            default -> throw new IllegalArgumentException("type not supported in a CSV field: " + value.getClass());
        }
        column++;
    }

    @SuppressWarnings("ReferenceEquality") // only a shortcut: an equal text gives the same output
    private void text(String text) {
        if (text == unchanged[column]) {
            row.append(text);
            return;
        }
        var safe = isFormula(text) ? "'" + text : text;
        if (needsQuotes(safe)) {
            quoted(safe);
        } else {
            row.append(safe);
            unchanged[column] = safe;
        }
    }

    private void quoted(String text) {
        row.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') {
                row.append('"');
            }
            row.append(c);
        }
        row.append('"');
    }

    private static boolean isFormula(String text) {
        return !text.isEmpty()
                && switch (text.charAt(0)) {
                    case '=', '+', '-', '@', '\t', '\r', '\n', '\uFF1D', '\uFF0B', '\uFF0D', '\uFF20' -> true;
                    default -> false;
                };
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

    /** @throws UncheckedIOException if the row can't be written */
    void endRow() {
        row.append("\r\n");
        if (row.length() > chars.length) {
            chars = new char[row.capacity()];
        }
        row.getChars(0, row.length(), chars, 0);
        try {
            out.write(chars, 0, row.length());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        row.setLength(0);
        column = 0;
    }
}
