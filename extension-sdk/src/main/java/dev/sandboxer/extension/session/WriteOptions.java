package dev.sandboxer.extension.session;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a file is written.
 *
 * @param user who owns a new file; null = the template's default user
 * @param mode permission bits; null = 0644 for a new file, unchanged for an old one
 * @param metadata replaces the file's metadata as a whole; null = leaves it
 */
public record WriteOptions(
        @Nullable String user,
        @Nullable Integer mode,
        @Nullable Map<String, String> metadata) {
    public static final WriteOptions DEFAULT = new WriteOptions(null, null, null);

    /** Copies the components. */
    public WriteOptions {
        metadata = metadata == null ? null : Map.copyOf(metadata);
    }
}
