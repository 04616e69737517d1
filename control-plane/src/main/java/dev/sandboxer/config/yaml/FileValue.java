package dev.sandboxer.config.yaml;

import dev.sandboxer.error.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The value of a file: read on first use, and again by {@link #refresh} if the file has changed. A broken file leaves the value unchanged.
 * Thread-safe.
 */
public final class FileValue<T> {
    private final Path file;
    private final Supplier<T> reader;
    private volatile @Nullable T value;
    private @Nullable State read;
    private @Nullable State missing;

    /**
     * @param reader reads the file; throws {@code INVALID_CONFIG} when it is broken
     */
    public FileValue(Path file, Supplier<T> reader) {
        this.file = file;
        this.reader = reader;
    }

    /** The attributes of a file, or of the file that a link leads to, which reveal a change. */
    private record State(
            @Nullable FileTime changed, long size, @Nullable Object key) {
        private static final State GONE = new State(null, 0, null);

        static State of(Path file) {
            try {
                var found = Files.readAttributes(file, BasicFileAttributes.class);
                return new State(found.lastModifiedTime(), found.size(), found.fileKey());
            } catch (IOException e) {
                return GONE;
            }
        }
    }

    /**
     * Returns the value, reading the file on the first call.
     *
     * @throws SandboxException {@code INVALID_CONFIG} when the file is broken and no earlier value is known
     */
    public T get() {
        var known = value;
        return known == null ? first() : known;
    }

    private synchronized T first() {
        var known = value;
        if (known == null) {
            var state = State.of(file);
            known = reader.get();
            value = known;
            read = state;
        }
        return known;
    }

    /**
     * Reads the file again if it has changed since it was read. A missing file counts as changed only at the second call in a
     * row, because an editor may replace a file in two steps.
     *
     * @return true if the file was read again
     * @throws SandboxException {@code INVALID_CONFIG} when the file is broken, once for each change; the earlier value stays
     */
    public synchronized boolean refresh() {
        var state = State.of(file);
        if (value == null || state.equals(read) || isGoneForNow(state)) {
            return false;
        }
        read = state;
        value = reader.get();
        return true;
    }

    private boolean isGoneForNow(State state) {
        var again = state.equals(missing);
        missing = state.equals(State.GONE) ? state : null;
        return missing != null && !again;
    }
}
