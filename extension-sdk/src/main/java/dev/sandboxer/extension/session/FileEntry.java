package dev.sandboxer.extension.session;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of a path inside a sandbox at one moment. Create it with {@link #builder}, since later versions may add components.
 *
 * @param name last part of the path
 * @param path absolute path, as requested
 * @param type type of the path itself
 * @param targetType type of a link's target; equals {@code type} when the path is no link
 * @param mode the 12 permission bits; for a link those of its target, if it has one. With {@link FileType#OTHER} also the bits of
 *     {@link #KIND_MASK}, if known
 * @param size size of the path itself in bytes
 * @param uid the owner's number
 * @param gid the group's number
 * @param owner the owner's name; the uid in decimal when the user has no name
 * @param group the group's name; the gid in decimal when the group has no name
 * @param modifiedAt when the content was last changed
 * @param linkText the link's text, as {@code readlink(2)} returns it; null = no link
 * @param linkTarget the final target of the link; null = no link, or a broken one
 * @param metadata key-value metadata; never null, often empty
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
    /** The bits of {@code mode} that hold the kind of file, as in {@code stat(2)}; all zero when the kind is unknown. */
    public static final int KIND_MASK = 0170000;

    /** The bits of a FIFO, masked with {@link #KIND_MASK}. */
    public static final int FIFO = 0010000;
    /** The bits of a character device, masked with {@link #KIND_MASK}. */
    public static final int CHARACTER_DEVICE = 0020000;
    /** The bits of a block device, masked with {@link #KIND_MASK}. */
    public static final int BLOCK_DEVICE = 0060000;
    /** The bits of a socket, masked with {@link #KIND_MASK}. */
    public static final int SOCKET = 0140000;

    /** Copies the metadata. */
    public FileEntry {
        metadata = Map.copyOf(metadata);
    }

    /**
     * Returns a builder for an empty file owned by root, with mode 0, last modified at {@link Instant#EPOCH}. The name defaults to the last
     * part of the path.
     *
     * @param path absolute
     * @param type type of the path itself, and of a link's target until {@link Builder#targetType} is called
     * @return a builder
     */
    public static Builder builder(String path, FileType type) {
        return new Builder(path, type);
    }

    /**
     * Returns a builder that begins with the values of this entry.
     *
     * @return a builder of another entry
     */
    public Builder toBuilder() {
        return new Builder(path, type)
                .name(name)
                .targetType(targetType)
                .mode(mode)
                .size(size)
                .owner(uid, owner)
                .group(gid, group)
                .modifiedAt(modifiedAt)
                .linkText(linkText)
                .linkTarget(linkTarget)
                .metadata(metadata);
    }

    /** Builds an entry. Not thread-safe. */
    public static final class Builder {
        private final String path;
        private final FileType type;
        private String name;
        private FileType targetType;
        private int mode;
        private long size;
        private int uid;
        private int gid;
        private String owner = "root";
        private String group = "root";
        private Instant modifiedAt = Instant.EPOCH;
        private @Nullable String linkText;
        private @Nullable String linkTarget;
        private Map<String, String> metadata = Map.of();

        private Builder(String path, FileType type) {
            this.path = path;
            this.type = type;
            this.name = path.equals("/") ? path : path.substring(path.lastIndexOf('/') + 1);
            this.targetType = type;
        }

        /**
         * Sets the name.
         *
         * @param value last part of the path
         * @return this builder
         */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /**
         * Sets the type of a link's target.
         *
         * @param value type of the target
         * @return this builder
         */
        public Builder targetType(FileType value) {
            targetType = value;
            return this;
        }

        /**
         * Sets the mode.
         *
         * @param value permission bits, optionally with those of {@link #KIND_MASK}
         * @return this builder
         */
        public Builder mode(int value) {
            mode = value;
            return this;
        }

        /**
         * Sets the size.
         *
         * @param value size of the path itself in bytes
         * @return this builder
         */
        public Builder size(long value) {
            size = value;
            return this;
        }

        /**
         * Sets the owner.
         *
         * @param id the owner's number
         * @param value the owner's name
         * @return this builder
         */
        public Builder owner(int id, String value) {
            uid = id;
            owner = value;
            return this;
        }

        /**
         * Sets the group.
         *
         * @param id the group's number
         * @param value the group's name
         * @return this builder
         */
        public Builder group(int id, String value) {
            gid = id;
            group = value;
            return this;
        }

        /**
         * Sets the time of the last change.
         *
         * @param value when the content was last changed
         * @return this builder
         */
        public Builder modifiedAt(Instant value) {
            modifiedAt = value;
            return this;
        }

        /**
         * Sets the link's text.
         *
         * @param value as {@code readlink(2)} returns it; null = no link
         * @return this builder
         */
        public Builder linkText(@Nullable String value) {
            linkText = value;
            return this;
        }

        /**
         * Sets the link's final target, after all links on the way are resolved.
         *
         * @param value the path; null = no link, or a broken one
         * @return this builder
         */
        public Builder linkTarget(@Nullable String value) {
            linkTarget = value;
            return this;
        }

        /**
         * Sets the metadata.
         *
         * @param value never null
         * @return this builder
         */
        public Builder metadata(Map<String, String> value) {
            metadata = value;
            return this;
        }

        /** {@return the entry} */
        public FileEntry build() {
            return new FileEntry(
                    name,
                    path,
                    type,
                    targetType,
                    mode,
                    size,
                    uid,
                    gid,
                    owner,
                    group,
                    modifiedAt,
                    linkText,
                    linkTarget,
                    metadata);
        }
    }
}
