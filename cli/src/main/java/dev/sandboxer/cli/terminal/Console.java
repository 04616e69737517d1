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

/** Standard input, output and error. Text is written in UTF-8, without secrets. */
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

    /** Returns the writer to standard output, which is buffered until the command ends or {@link #flush}. */
    public PrintWriter writer() {
        return writer;
    }

    public PrintWriter errorWriter() {
        return errorWriter;
    }

    public void print(String line) {
        writer.println(line);
    }

    /** Prints a remark for people on standard error. */
    public void note(String line) {
        errorWriter.println("sandboxer: " + printable(line));
    }

    public InputStream in() {
        return in;
    }

    /** Writes bytes of a command in a sandbox to standard output or error at once, unchanged. */
    public void passThrough(boolean toError, byte[] bytes) {
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
     * Writes what was printed so far and returns the failure, if any.
     *
     * @return the failure, such as {@link DescriptorOutput.BrokenPipe}; null when all was written
     */
    public @Nullable UncheckedIOException writeFailure() {
        writer.flush();
        var failure = text.failure();
        return failure == null ? null : out.classify(failure);
    }

    /** Prints a remark of several lines on standard error. */
    public void printErrorLines(String lines) {
        errorWriter.println(
                "sandboxer: " + lines.lines().map(Console::printable).collect(Collectors.joining("\n")));
    }

    /**
     * Replaces control characters by visible text. Names from sandboxes may hold terminal escapes or a line that imitates this
     * program's output.
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
