package dev.sandboxer.cli.terminal;

import dev.sandboxer.observe.Redactor;
import java.io.IOException;
import java.io.Writer;
import org.jspecify.annotations.Nullable;

/** Removes secrets from text. It holds a line back until it is complete or flushed, and remembers a failed write. */
final class RedactingWriter extends Writer {
    private final Writer target;
    private final StringBuilder pending = new StringBuilder();
    private @Nullable IOException failure;

    RedactingWriter(Writer target) {
        this.target = target;
    }

    @Override
    public void write(char[] text, int offset, int length) throws IOException {
        synchronized (lock) {
            pending.append(text, offset, length);
            var end = pending.lastIndexOf("\n") + 1;
            if (end > 0) {
                writeClean(end);
            }
        }
    }

    private void writeClean(int length) throws IOException {
        try {
            target.write(Redactor.clean(pending.substring(0, length)));
        } catch (IOException e) {
            failure = e;
            throw e;
        }
        pending.delete(0, length);
    }

    /** Returns the latest failed write, which a {@link java.io.PrintWriter} around this one swallows; null = none failed. */
    @Nullable IOException failure() {
        synchronized (lock) {
            return failure;
        }
    }

    @Override
    public void flush() throws IOException {
        synchronized (lock) {
            if (!pending.isEmpty()) {
                writeClean(pending.length());
            }
            try {
                target.flush();
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }
    }

    @Override
    public void close() throws IOException {
        flush();
        target.close();
    }
}
