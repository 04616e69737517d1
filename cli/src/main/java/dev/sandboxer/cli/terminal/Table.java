package dev.sandboxer.cli.terminal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A table of at most 80 characters per line. Each column is as wide as its longest cell, and two blanks separate columns. If that is
 * too wide, cells of the widest columns are broken into several lines, between words if possible; the first column is narrowed last.
 */
public final class Table {
    private static final int WIDTH = 80;
    private static final int GAP = 2;
    private static final int MIN_WIDTH = 10;
    private static final String CUT = "...";
    private static final String INDENT = "    ";

    private final List<Row> rows = new ArrayList<>();

    /**
     * A row of cells.
     *
     * @param under a remark below the cells; empty = none
     */
    private record Row(String[] cells, String under) {}

    public Table(String... headings) {
        rows.add(new Row(headings, ""));
    }

    public void row(String... cells) {
        rowWithRemark("", cells);
    }

    /** Adds a row and a sentence about it, which is printed below it and indented. */
    public void rowWithRemark(String remark, String... cells) {
        for (int i = 0; i < cells.length; i++) {
            cells[i] = Console.printable(cells[i]);
        }
        rows.add(new Row(cells, Console.printable(remark)));
    }

    /** Prints one line for each row. The last cell is cut to the width that is left. */
    public void printCut(Console console) {
        var last = rows.getFirst().cells().length - 1;
        var widths = natural();
        var room = Math.max(
                WIDTH
                        - IntStream.of(widths)
                                .limit(last)
                                .map(width -> width + GAP)
                                .sum(),
                MIN_WIDTH);
        for (Row row : rows) {
            row.cells()[last] = cut(row.cells()[last], room);
        }
        print(console);
    }

    private static String cut(String text, int room) {
        return text.length() <= room ? text : text.substring(0, room - CUT.length()) + CUT;
    }

    public void print(Console console) {
        var widths = fitting();
        for (Row row : rows) {
            var cells = IntStream.range(0, widths.length)
                    .mapToObj(i -> LineBreaks.broken(row.cells()[i], widths[i]))
                    .toList();
            var lines = cells.stream().mapToInt(List::size).max().orElse(0);
            for (int i = 0; i < lines; i++) {
                console.print(line(cells, i, widths));
            }
            if (!row.under().isEmpty()) {
                LineBreaks.broken(row.under(), WIDTH - INDENT.length()).forEach(line -> console.print(INDENT + line));
            }
        }
    }

    private static String line(List<List<String>> cells, int number, int[] widths) {
        var line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            var text = number < cells.get(i).size() ? cells.get(i).get(number) : "";
            line.append(text).repeat(' ', widths[i] - text.length() + GAP);
        }
        return line.toString().stripTrailing();
    }

    private int[] natural() {
        return widths(String::length);
    }

    private interface Measure {
        int of(String cell);
    }

    private int[] widths(Measure measure) {
        var widths = new int[rows.getFirst().cells().length];
        for (Row row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], measure.of(row.cells()[i]));
            }
        }
        return widths;
    }

    /**
     * Returns column widths for which a row fits into a line, if possible: those of the cells, else of their longest words, else smaller
     * ones.
     */
    private int[] fitting() {
        var widths = natural();
        narrow(widths, widths(LineBreaks::longestWord));
        narrow(widths, least(widths[0])); // the first column names the row
        narrow(widths, least(MIN_WIDTH));
        return widths;
    }

    /**
     * Returns the smallest widths that the headings allow.
     *
     * @param first smallest width of the first column
     */
    private int[] least(int first) {
        var headings = rows.getFirst().cells();
        return IntStream.range(0, headings.length)
                .map(i -> Math.max(headings[i].length(), i == 0 ? first : MIN_WIDTH))
                .toArray();
    }

    /** Narrows the widest columns step by step until the table fits, but none below its least width. */
    private static void narrow(int[] widths, int[] least) {
        for (int excess = IntStream.of(widths).sum() + GAP * (widths.length - 1) - WIDTH; excess > 0; excess--) {
            var widest = -1;
            for (int i = 0; i < widths.length; i++) {
                if (widths[i] > least[i] && (widest < 0 || widths[i] >= widths[widest])) {
                    widest = i;
                }
            }
            if (widest < 0) {
                return;
            }
            widths[widest]--;
        }
    }

    /** Formats a duration in one unit, rounded down, such as {@code 3m} or {@code 2h}. */
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
