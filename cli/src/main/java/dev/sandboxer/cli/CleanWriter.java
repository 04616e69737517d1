package dev.sandboxer.cli;

import dev.sandboxer.observe.Redactor;
import java.io.IOException;
import java.io.Writer;

/** Takes secrets out of text, which is held back until its line is complete or flushed. */
final class CleanWriter extends Writer {
    private final Writer target;
    private final StringBuilder held = new StringBuilder();

    CleanWriter(Writer target) {
        this.target = target;
    }

    @Override
    public void write(char[] text, int offset, int length) throws IOException {
        synchronized (lock) {
            held.append(text, offset, length);
            var end = held.lastIndexOf("\n") + 1;
            if (end > 0) {
                target.write(Redactor.clean(held.substring(0, end)));
                held.delete(0, end);
            }
        }
    }

    @Override
    public void flush() throws IOException {
        synchronized (lock) {
            if (!held.isEmpty()) {
                target.write(Redactor.clean(held.toString()));
                held.setLength(0);
            }
            target.flush();
        }
    }

    @Override
    public void close() throws IOException {
        flush();
        target.close();
    }
}
