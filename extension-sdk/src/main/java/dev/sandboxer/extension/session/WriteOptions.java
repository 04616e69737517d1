package dev.sandboxer.extension.session;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The owner, mode and metadata of a file to write.
 *
 * @param user the owner of a new file; null = the template's default user
 * @param mode permission bits; null = 0644 for a new file, unchanged for an existing one
 * @param metadata replaces all metadata of the file; null = unchanged
 */
public record WriteOptions(
        @Nullable String user,
        @Nullable Integer mode,
        @Nullable Map<String, String> metadata) {
    /** The default user and mode, with unchanged metadata. */
    public static final WriteOptions DEFAULT = new WriteOptions(null, null, null);

    /** Copies the metadata. */
    public WriteOptions {
        metadata = metadata == null ? null : Map.copyOf(metadata);
    }
}
