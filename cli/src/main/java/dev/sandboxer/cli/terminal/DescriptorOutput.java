package dev.sandboxer.cli.terminal;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Serial;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes to a file descriptor of this process. A failed write says whether the reader has gone. */
public final class DescriptorOutput extends OutputStream {
    private final OutputStream target;
    private final int descriptor;

    DescriptorOutput(OutputStream target, int descriptor) {
        this.target = target;
        this.descriptor = descriptor;
    }

    /** The output has no reader any more, as in {@code exec ... | head}. */
    public static final class BrokenPipe extends UncheckedIOException {
        @Serial
        private static final long serialVersionUID = 1;

        BrokenPipe(IOException cause) {
            super("nobody reads the output any more", cause);
        }
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            target.write(bytes, offset, length);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public void flush() throws IOException {
        try {
            target.flush();
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /**
     * A write to a pipe or socket fails only when the reader has gone. The error's text depends on the language, so the descriptor is
     * checked instead.
     */
    private IOException failure(IOException e) throws IOException {
        if (hasReader(descriptor)) {
            throw new BrokenPipe(e);
        }
        return e;
    }

    /** Returns true if the descriptor leads to another process, not to a file. */
    private static boolean hasReader(int descriptor) throws IOException {
        var kind =
                Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
        return kind.startsWith("pipe:") || kind.startsWith("socket:");
    }

    /** Returns the exception for a failed write of buffered text. */
    UncheckedIOException classify(IOException e) {
        try {
            return hasReader(descriptor) ? new BrokenPipe(e) : new UncheckedIOException(text(e), e);
        } catch (IOException unknown) {
            return new UncheckedIOException(text(e), e);
        }
    }

    static String text(IOException e) {
        return "can't write the output: " + e.getMessage();
    }
}
