package dev.sandboxer.launch;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Keeps the last lines of some output for a message: at most 10 lines and 4 KiB. Not thread-safe. */
public final class LastLines {
    private static final int MAX_LINES = 10;
    private static final int MAX_LINE_LENGTH = 200;
    private static final int MAX_BYTES = 4 << 10;

    private byte[] tail = new byte[0];

    /** Adds more output. */
    public void add(byte[] bytes) {
        var all = Arrays.copyOf(tail, tail.length + bytes.length);
        System.arraycopy(bytes, 0, all, tail.length, bytes.length);
        tail = all.length <= MAX_BYTES ? all : Arrays.copyOfRange(all, all.length - MAX_BYTES, all.length);
    }

    /** Forgets all output. */
    public void clear() {
        tail = new byte[0];
    }

    /** Returns the last lines that are not blank, without terminal escapes and cut to 200 characters. */
    public List<String> lines() {
        var lines = new String(tail, StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.replaceAll("\\e\\[[0-9;?]*[A-Za-z]", "").replaceAll("\\p{Cntrl}", " "))
                .filter(line -> !line.isBlank())
                .map(line -> line.length() > MAX_LINE_LENGTH ? line.substring(0, MAX_LINE_LENGTH) + "..." : line)
                .toList();
        return lines.subList(Math.max(0, lines.size() - MAX_LINES), lines.size());
    }

    /** Returns the end of a message that shows the lines, one per row, or says that there are none. */
    public String text() {
        var lines = lines();
        return lines.isEmpty() ? "; it printed nothing" : "; its last lines:\n  " + String.join("\n  ", lines);
    }
}
