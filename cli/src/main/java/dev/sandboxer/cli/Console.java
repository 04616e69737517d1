package dev.sandboxer.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Standard input, output and error of this process. Text is UTF-8 and never carries control characters of others. */
final class Console {
    private final InputStream in;
    private final PassedOutput out;
    private final OutputStream err;
    private final CleanWriter text;
    private final PrintWriter writer;
    private final PrintWriter errorWriter;

    Console(InputStream in, OutputStream out, OutputStream err) {
        this.in = in;
        this.out = new PassedOutput(out, 1);
        this.err = new PassedOutput(err, 2);
        this.text = new CleanWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        this.writer = new PrintWriter(text);
        this.errorWriter = new PrintWriter(new CleanWriter(new OutputStreamWriter(err, StandardCharsets.UTF_8)), true);
    }

    static Console system() {
        return new Console(
                new FileInputStream(FileDescriptor.in),
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 64 << 10),
                new FileOutputStream(FileDescriptor.err));
    }

    /** For text; flushed at the end of the command. */
    PrintWriter writer() {
        return writer;
    }

    PrintWriter errorWriter() {
        return errorWriter;
    }

    void print(String line) {
        writer.println(line);
    }

    /** A remark for people, beside the command's own output. */
    void note(String line) {
        errorWriter.println("sandboxer: " + printable(line));
    }

    InputStream in() {
        return in;
    }

    /** Bytes of a command inside, passed on at once. */
    void pass(boolean toError, byte[] bytes) {
        try {
            var target = toError ? err : out;
            target.write(bytes);
            target.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(PassedOutput.text(e), e);
        }
    }

    OutputStream out() {
        return out;
    }

    void flush() {
        writer.flush();
        errorWriter.flush();
    }

    /**
     * Writes what was printed so far.
     *
     * @return what has kept it from being written, {@link PassedOutput.ReaderGone} too; null when all is
     */
    @Nullable UncheckedIOException failure() {
        writer.flush();
        var failure = text.failure();
        return failure == null ? null : out.lateFailure(failure);
    }

    /** A remark of ours that has several lines. */
    void noteLines(String lines) {
        errorWriter.println(
                "sandboxer: " + lines.lines().map(Console::printable).collect(Collectors.joining("\n")));
    }

    /**
     * Names come from sandboxes and may hold terminal escapes, or a line that looks like ours: shows control characters instead
     * of sending them.
     */
    static String printable(String text) {
        var clean = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (!Character.isISOControl(c) && Character.getType(c) != Character.FORMAT) {
                clean.appendCodePoint(c);
            } else {
                clean.append(String.format("\\x%02x", c));
            }
        });
        return clean.toString();
    }
}
