package dev.sandboxer.templates;

import dev.sandboxer.observe.Countdown;
import dev.sandboxer.observe.Redactor;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Collects the log of a build, and writes it in batches. Bounded to 20,000 lines. Used by one thread. */
final class BuildLog {
    private static final Duration FLUSH_INTERVAL = Duration.ofMillis(300);
    private static final int BATCH = 100;
    private static final int MAX_LINE_LENGTH = 2000;
    private static final int MAX_LINES = 20_000;

    private final Consumer<List<BuildLine>> store;
    private final Consumer<BuildLine> listener;
    private final InstantSource clock;
    private final List<BuildLine> unwritten = new ArrayList<>();
    private final CharsetDecoder decoder =
            StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPLACE);
    private final StringBuilder open = new StringBuilder();

    /** The first bytes of a character whose other bytes have not come yet. */
    private byte[] rest = new byte[0];

    private Countdown due = new Countdown(FLUSH_INTERVAL);
    private String step = "base";
    private int lines;

    BuildLog(Consumer<List<BuildLine>> store, Consumer<BuildLine> listener, InstantSource clock) {
        this.store = store;
        this.listener = listener;
        this.clock = clock;
    }

    /** Begins a step: the lines that follow belong to it. */
    void begin(String name) {
        step = name;
    }

    String step() {
        return step;
    }

    void info(String message) {
        add(BuildLine.Level.INFO, message);
    }

    void error(String message) {
        message.lines().forEach(line -> add(BuildLine.Level.ERROR, line));
    }

    /** Adds output of a command. It may end inside a character. */
    void output(byte[] bytes) {
        var in = ByteBuffer.allocate(rest.length + bytes.length)
                .put(rest)
                .put(bytes)
                .flip();
        var out = CharBuffer.allocate(in.remaining());
        decoder.decode(in, out, false);
        rest = new byte[in.remaining()];
        in.get(rest);
        append(out.flip().toString());
    }

    private void append(String text) {
        text.codePoints().forEach(c -> {
            if (c == '\n' || open.length() >= MAX_LINE_LENGTH) {
                endLine();
            }
            if (c != '\n') {
                open.appendCodePoint(c);
            }
        });
    }

    /** Ends the output of a command, whose last line may have no line end. */
    void endOutput() {
        append(new String(rest, StandardCharsets.UTF_8));
        rest = new byte[0];
        if (!open.isEmpty()) {
            endLine();
        }
    }

    private void endLine() {
        info(printable(open.toString()));
        open.setLength(0);
    }

    /** Returns a line without terminal escapes. Of text that overwrites itself, such as a progress bar, only the last part is kept. */
    private static String printable(String line) {
        var stripped = line.endsWith("\r") ? line.substring(0, line.length() - 1) : line;
        return stripped.substring(stripped.lastIndexOf('\r') + 1)
                .replaceAll("\\e\\[[0-9;?]*[A-Za-z]", "")
                .replaceAll("\\p{Cntrl}", " ");
    }

    private void add(BuildLine.Level level, String message) {
        lines++;
        if (lines > MAX_LINES && level == BuildLine.Level.INFO) {
            if (lines == MAX_LINES + 1) {
                keep(new BuildLine(clock.instant(), level, step, "(more output is not kept)"));
            }
            return;
        }
        keep(new BuildLine(clock.instant(), level, step, Redactor.clean(message)));
    }

    private void keep(BuildLine line) {
        listener.accept(line);
        unwritten.add(line);
        if (unwritten.size() >= BATCH) {
            flush();
        } else {
            flushIfDue();
        }
    }

    void flushIfDue() {
        if (due.isOver()) {
            flush();
        }
    }

    void flush() {
        if (!unwritten.isEmpty()) {
            store.accept(List.copyOf(unwritten));
            unwritten.clear();
        }
        due = new Countdown(FLUSH_INTERVAL);
    }
}
