package dev.sandboxer.extension;

import org.jspecify.annotations.Nullable;

/**
 * A change below a watched directory.
 *
 * @param name path relative to the watched directory; empty for {@code OVERFLOW}
 * @param entry the path as it is now, when asked for and still there
 */
public record FileEvent(Kind kind, String name, @Nullable FileEntry entry) {
    public enum Kind {
        CREATE,
        WRITE,
        REMOVE,
        RENAME,
        CHMOD,
        /** Events were lost; look for yourself. */
        OVERFLOW
    }
}
