package dev.sandboxer.cli.terminal;

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
public final class Console {
    private final InputStream in;
    private final DescriptorOutput out;
    private final OutputStream err;
    private final RedactingWriter text;
    private final PrintWriter writer;
    private final PrintWriter errorWriter;

    public Console(InputStream in, OutputStream out, OutputStream err) {
        this.in = in;
        this.out = new DescriptorOutput(out, 1);
        this.err = new DescriptorOutput(err, 2);
        this.text = new RedactingWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8));
        this.writer = new PrintWriter(text);
        this.errorWriter =
                new PrintWriter(new RedactingWriter(new OutputStreamWriter(err, StandardCharsets.UTF_8)), true);
    }

    public static Console system() {
        return new Console(
                new FileInputStream(FileDescriptor.in),
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 64 << 10),
                new FileOutputStream(FileDescriptor.err));
    }

    /** For text; flushed at the end of the command. */
    public PrintWriter writer() {
        return writer;
    }

    public PrintWriter errorWriter() {
        return errorWriter;
    }

    public void print(String line) {
        writer.println(line);
    }

    /** A remark for people, beside the command's own output. */
    public void note(String line) {
        errorWriter.println("sandboxer: " + printable(line));
    }

    public InputStream in() {
        return in;
    }

    /** Bytes of a command inside, passed on at once. */
    public void pass(boolean toError, byte[] bytes) {
        try {
            var target = toError ? err : out;
            target.write(bytes);
            target.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(DescriptorOutput.text(e), e);
        }
    }

    public OutputStream out() {
        return out;
    }

    public void flush() {
        writer.flush();
        errorWriter.flush();
    }

    /**
     * Writes what was printed so far.
     *
     * @return what has kept it from being written, {@link DescriptorOutput.BrokenPipe} too; null when all is
     */
    public @Nullable UncheckedIOException failure() {
        writer.flush();
        var failure = text.failure();
        return failure == null ? null : out.lateFailure(failure);
    }

    /** A remark of ours that has several lines. */
    public void noteLines(String lines) {
        errorWriter.println(
                "sandboxer: " + lines.lines().map(Console::printable).collect(Collectors.joining("\n")));
    }

    /**
     * Names come from sandboxes and may hold terminal escapes, or a line that looks like ours: shows control characters instead
     * of sending them.
     */
    public static String printable(String text) {
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
