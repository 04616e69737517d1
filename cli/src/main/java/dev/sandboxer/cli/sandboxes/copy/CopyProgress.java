package dev.sandboxer.cli.sandboxes.copy;

import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.cli.terminal.Terminal;
import dev.sandboxer.config.units.Sizes;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Shows the progress of a longer copy on the terminal. Not thread-safe. */
final class CopyProgress implements AutoCloseable {
    private static final long FIRST_MS = 700;
    private static final long EVERY_MS = 200;

    private final Console console;
    private final String verb;
    private final boolean shown = Terminal.present();
    private long next = System.currentTimeMillis() + FIRST_MS;
    private long bytes;
    private long files;
    private boolean printed;

    private CopyProgress(Console console, String verb) {
        this.console = console;
        this.verb = verb;
    }

    static CopyProgress start(Console console, String verb) {
        return new CopyProgress(console, verb);
    }

    /** Counts one copied file. */
    void file() {
        files++;
    }

    /** Wraps a stream and counts the bytes that are read from it. */
    InputStream counting(InputStream source) {
        return new FilterInputStream(source) {
            @Override
            public int read() throws IOException {
                var value = in.read();
                add(value < 0 ? 0 : 1);
                return value;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                var count = in.read(target, offset, length);
                add(Math.max(0, count));
                return count;
            }
        };
    }

    private void add(int count) {
        bytes += count;
        if (shown && System.currentTimeMillis() >= next) {
            next = System.currentTimeMillis() + EVERY_MS;
            console.errorWriter()
                    .print("\r" + verb + " " + Sizes.formatMiB((int) (bytes >> 20)) + " in " + files + " files");
            console.errorWriter().flush();
            printed = true;
        }
    }

    @Override
    public void close() {
        if (printed) {
            console.errorWriter().print("\r\033[K");
            console.errorWriter().flush();
        }
    }
}
