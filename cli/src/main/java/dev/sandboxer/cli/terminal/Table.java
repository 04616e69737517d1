package dev.sandboxer.cli.terminal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A table whose columns are as wide as their longest cell, two blanks apart. */
public final class Table {
    private static final int WIDTH = 80;
    private static final int GAP = 2;
    private static final int SHORTEST = 10;
    private static final String CUT = "...";

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

    /** Prints lines of at most 80 columns, as far as cutting the last cell of each can achieve that. */
    public void printCut(Console console) {
        var widths = widths();
        var others = IntStream.of(widths).limit(widths.length - 1L).map(width -> width + GAP);
        var room = Math.max(WIDTH - others.sum(), SHORTEST);
        for (String[] row : rows) {
            var last = row[row.length - 1];
            if (last.length() > room) {
                row[row.length - 1] = last.substring(0, room - CUT.length()) + CUT;
            }
        }
        print(console);
    }

    public void print(Console console) {
        var widths = widths();
        for (String[] row : rows) {
            var line = new StringBuilder();
            for (int i = 0; i < row.length; i++) {
                line.append(row[i]).repeat(' ', widths[i] - row[i].length() + GAP);
            }
            console.print(line.toString().stripTrailing());
        }
    }

    private int[] widths() {
        var widths = new int[rows.getFirst().length];
        for (String[] row : rows) {
            for (int i = 0; i < row.length; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        }
        return widths;
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
