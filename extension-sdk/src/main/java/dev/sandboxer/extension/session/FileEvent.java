package dev.sandboxer.extension.session;

import org.jspecify.annotations.Nullable;

/**
 * A change in a watched directory.
 *
 * @param kind what happened; a rename is a {@code RENAME} of the old name and a {@code CREATE} of the new one
 * @param name path relative to the watched directory; empty for {@code OVERFLOW}
 * @param entry the path as it is now; null when nobody asked for entries or it is no longer there
 */
public record FileEvent(Kind kind, String name, @Nullable FileEntry entry) {
    /** What happened to the path. */
    public enum Kind {
        /** It was made. */
        CREATE,
        /** Its content was changed. */
        WRITE,
        /** It was removed. */
        REMOVE,
        /** It has another name now. */
        RENAME,
        /** Its mode or owner was changed. */
        CHMOD,
        /** Events were lost: the directory has to be listed again. */
        OVERFLOW
    }
}
