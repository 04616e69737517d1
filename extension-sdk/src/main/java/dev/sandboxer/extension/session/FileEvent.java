package dev.sandboxer.extension.session;

import org.jspecify.annotations.Nullable;

/**
 * A change in a watched directory.
 *
 * @param kind what happened; a rename gives two events: {@code RENAME} with the old name and {@code CREATE} with the new one
 * @param name path relative to the watched directory; empty for {@code OVERFLOW}
 * @param entry the attributes of the path after the change; null when the watch was opened without entries, or the path no longer exists
 */
public record FileEvent(Kind kind, String name, @Nullable FileEntry entry) {
    /** The kinds of change. */
    public enum Kind {
        /** The path was created. */
        CREATE,
        /** The content of the file was changed. */
        WRITE,
        /** The path was removed. */
        REMOVE,
        /** The path was renamed; this event has the old name. */
        RENAME,
        /** The mode or owner of the path was changed. */
        CHMOD,
        /** Events were lost: list the directory again. */
        OVERFLOW
    }
}
