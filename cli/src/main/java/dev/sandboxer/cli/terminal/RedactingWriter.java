package dev.sandboxer.cli.terminal;

import dev.sandboxer.observe.Redactor;
import java.io.IOException;
import java.io.Writer;
import org.jspecify.annotations.Nullable;

/** Takes secrets out of text, which is held back until its line is complete or flushed. Remembers what kept it from that. */
final class RedactingWriter extends Writer {
    private final Writer target;
    private final StringBuilder held = new StringBuilder();
    private @Nullable IOException failure;

    RedactingWriter(Writer target) {
        this.target = target;
    }

    @Override
    public void write(char[] text, int offset, int length) throws IOException {
        synchronized (lock) {
            held.append(text, offset, length);
            var end = held.lastIndexOf("\n") + 1;
            if (end > 0) {
                pass(end);
            }
        }
    }

    private void pass(int length) throws IOException {
        try {
            target.write(Redactor.clean(held.substring(0, length)));
        } catch (IOException e) {
            failure = e;
            throw e;
        }
        held.delete(0, length);
    }

    /** The latest; null when all was written so far. Whoever prints through a {@link java.io.PrintWriter} isn't told otherwise. */
    @Nullable IOException failure() {
        synchronized (lock) {
            return failure;
        }
    }

    @Override
    public void flush() throws IOException {
        synchronized (lock) {
            if (!held.isEmpty()) {
                pass(held.length());
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
