package dev.sandboxer.extension;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A path inside a sandbox.
 *
 * @param name last part of the path
 * @param path absolute, as asked for
 * @param type of the path itself
 * @param targetType of what a link leads to; equals {@code type} when it is no link
 * @param mode permission bits (12); for a link those of its target, when there is one. With {@link FileType#OTHER} also
 *     the bits of {@link #KIND}, as far as they are known
 * @param size in bytes, of the path itself
 * @param linkText what the link says, null when it is no link
 * @param linkTarget where the link leads in the end; null when it is no link or leads nowhere
 * @param metadata never null, often empty
 */
public record FileEntry(
        String name,
        String path,
        FileType type,
        FileType targetType,
        int mode,
        long size,
        int uid,
        int gid,
        String owner,
        String group,
        Instant modifiedAt,
        @Nullable String linkText,
        @Nullable String linkTarget,
        Map<String, String> metadata) {
    /** What a path is, in the mode that {@code stat(2)} gives; zero when it is not known. */
    public static final int KIND = 0170000;

    public static final int FIFO = 0010000;
    public static final int CHARACTER_DEVICE = 0020000;
    public static final int BLOCK_DEVICE = 0060000;
    public static final int SOCKET = 0140000;

    public FileEntry {
        metadata = Map.copyOf(metadata);
    }
}
