package dev.sandboxer.extension.session;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A path inside a sandbox, as it was when it was looked at. Use {@link #builder}: components may be added.
 *
 * @param name last part of the path
 * @param path absolute, as asked for
 * @param type of the path itself
 * @param targetType of what a link leads to; equals {@code type} when it is no link
 * @param mode permission bits (12); for a link those of its target, when there is one. With {@link FileType#OTHER} also
 *     the bits of {@link #KIND}, as far as they are known
 * @param size in bytes, of the path itself
 * @param uid of the owner
 * @param gid of the group
 * @param owner name of the owner; the uid in decimal when it has none
 * @param group name of the group; the gid in decimal when it has none
 * @param modifiedAt when its content was last changed
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
    /** The bits of {@code mode} that say what a path is, as {@code stat(2)} has them; all zero when it is not known. */
    public static final int KIND = 0170000;

    public static final int FIFO = 0010000;
    public static final int CHARACTER_DEVICE = 0020000;
    public static final int BLOCK_DEVICE = 0060000;
    public static final int SOCKET = 0140000;

    /** Copies the components. */
    public FileEntry {
        metadata = Map.copyOf(metadata);
    }

    /**
     * Begins with an empty file of root's that nobody may touch, last changed in 1970. Its name is the last part of the path.
     *
     * @param path absolute
     * @param type of the path itself, and until told otherwise of what it leads to
     * @return a builder of an entry
     */
    public static Builder builder(String path, FileType type) {
        return new Builder(path, type);
    }

    /**
     * Begins with what this one says.
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

    /** Sets the components of the same names. Not thread-safe. */
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
         * {@return this builder, with another name}
         *
         * @param value last part of the path
         */
        public Builder name(String value) {
            name = value;
            return this;
        }

        /**
         * {@return this builder, with another type of what it leads to}
         *
         * @param value of what a link leads to
         */
        public Builder targetType(FileType value) {
            targetType = value;
            return this;
        }

        /**
         * {@return this builder, with another mode}
         *
         * @param value permission bits, and perhaps those of {@link #KIND}
         */
        public Builder mode(int value) {
            mode = value;
            return this;
        }

        /**
         * {@return this builder, with another size}
         *
         * @param value in bytes, of the path itself
         */
        public Builder size(long value) {
            size = value;
            return this;
        }

        /**
         * {@return this builder, with another owner}
         *
         * @param id its number
         * @param value its name
         */
        public Builder owner(int id, String value) {
            uid = id;
            owner = value;
            return this;
        }

        /**
         * {@return this builder, with another group}
         *
         * @param id its number
         * @param value its name
         */
        public Builder group(int id, String value) {
            gid = id;
            group = value;
            return this;
        }

        /**
         * {@return this builder, with another time of the last change}
         *
         * @param value when its content was last changed
         */
        public Builder modifiedAt(Instant value) {
            modifiedAt = value;
            return this;
        }

        /**
         * {@return this builder, with another text of the link}
         *
         * @param value what the link says; null when it is no link
         */
        public Builder linkText(@Nullable String value) {
            linkText = value;
            return this;
        }

        /**
         * {@return this builder, with another end of the link}
         *
         * @param value where the link leads in the end; null when it is no link or leads nowhere
         */
        public Builder linkTarget(@Nullable String value) {
            linkTarget = value;
            return this;
        }

        /**
         * {@return this builder, with another metadata}
         *
         * @param value never null
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
