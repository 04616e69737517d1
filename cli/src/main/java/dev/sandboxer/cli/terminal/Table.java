package dev.sandboxer.cli.terminal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A table whose columns are as wide as their longest cell, two blanks apart. */
public final class Table {
    private final List<String[]> rows = new ArrayList<>();

    public Table(String... headings) {
        rows.add(headings);
    }

    public void row(String... cells) {
        for (int i = 0; i < cells.length; i++) {
            cells[i] = Console.printable(cells[i]);
        }
        rows.add(cells);
    }

    public void print(Console console) {
        var columns = rows.getFirst().length;
        var widths = new int[columns];
        for (String[] row : rows) {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        for (String[] row : rows) {
            var line = new StringBuilder();
            for (int i = 0; i < columns; i++) {
                line.append(row[i]).repeat(' ', widths[i] - row[i].length() + 2);
            }
            console.print(line.toString().stripTrailing());
        }
    }

    /** A duration in one unit, such as {@code 3m} or {@code 2h}. */
    public static String roughly(Duration duration) {
        var seconds = Math.max(0, duration.toSeconds());
        if (seconds < 120) {
            return seconds + "s";
        }
        if (seconds < 7200) {
            return seconds / 60 + "m";
        }
        return seconds < 172_800 ? seconds / 3600 + "h" : seconds / 86_400 + "d";
    }
}
