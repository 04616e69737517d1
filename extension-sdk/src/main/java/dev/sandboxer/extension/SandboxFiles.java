package dev.sandboxer.extension;

import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The file system of a sandbox. Work is done as the sandbox's root; what is created belongs to the user named.
 *
 * <p>Paths: absolute, or relative to the user's home; {@code ~} and {@code ~/x} are that home; {@code ""} too. {@code user}
 * is a name or uid, null = the template's default user.
 */
public interface SandboxFiles {
    /** Describes a path without following a symbolic link at its end. */
    FileEntry stat(String path, @Nullable String user);

    /**
     * Lists a directory.
     *
     * @param depth 1 = its own entries; symbolic links to directories are not descended
     * @param each receives the entries, parents before children, names in byte order
     */
    void list(String path, int depth, @Nullable String user, Consumer<FileEntry> each);

    /**
     * Opens a regular file for reading. Closing the stream early ends the transfer.
     *
     * @param offset where to begin, in bytes
     * @param length how much at most, in bytes; {@code Long.MAX_VALUE} = to the end
     */
    OpenFile read(String path, @Nullable String user, long offset, long length);

    /**
     * Writes a regular file, truncating it in place, parents made on the way. When the source or the sandbox fails in the
     * middle, a file that did not exist before is removed again.
     *
     * @throws IOException only from {@code source}
     */
    FileEntry write(String path, WriteOptions options, InputStream source) throws IOException;

    /** Makes a directory and its parents; {@code ALREADY_EXISTS} when there is one. */
    FileEntry makeDirectory(String path, @Nullable String user);

    /** Makes a symbolic link with that very text. */
    FileEntry makeSymlink(String target, String path, @Nullable String user);

    /** Moves, making the destination's parents and overwriting a file there. */
    FileEntry move(String source, String destination, @Nullable String user);

    /** Removes a file or a whole directory; absent is success. Never follows a link. */
    void remove(String path, @Nullable String user);

    /**
     * Watches a directory.
     *
     * @param entries whether events carry the entry they are about, where it still exists
     */
    FileWatch watch(String path, @Nullable String user, boolean recursive, boolean entries);

    /**
     * A file being read.
     *
     * @param entry as it was when opened
     * @param content from the offset asked for
     */
    record OpenFile(FileEntry entry, InputStream content) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            content.close();
        }
    }
}
