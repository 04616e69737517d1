package dev.sandboxer.extension.session;

import dev.sandboxer.extension.Capability;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The file system of a sandbox. Thread-safe. Every operation runs as root inside the sandbox and ignores permissions; new files and
 * directories belong to the given user.
 *
 * <p>A path is absolute, or relative to the user's home; {@code ~}, {@code ~/x} and {@code ""} are relative to the home too. A user is a
 * name or a uid; null = the template's default user.
 *
 * <p>Every method may throw {@link OperationException}: {@code NOT_FOUND}, {@code NOT_A_DIRECTORY}, {@code LOOP} or {@code TOO_LONG}
 * because of the path, {@code UNKNOWN_USER} because of the user.
 */
public interface SandboxFiles {
    /**
     * Describes a path. Doesn't follow a symbolic link at its end.
     *
     * @param path absolute, or relative to the user's home
     * @param user name or uid; null = the template's default user
     * @return the attributes of the path
     */
    FileEntry stat(String path, @Nullable String user);

    /**
     * Lists a directory. Doesn't follow symbolic links.
     *
     * @param path absolute, or relative to the user's home
     * @param depth at least 1; 1 = the directory's own entries, 2 = also the entries of its subdirectories, and so on
     * @param user name or uid; null = the template's default user
     * @param each receives the entries in the calling thread, parents before children, names in byte order
     */
    void list(String path, int depth, @Nullable String user, Consumer<FileEntry> each);

    /**
     * Opens a regular file for reading. Closing the stream early ends the transfer.
     *
     * @param path absolute, or relative to the user's home
     * @param user name or uid; null = the template's default user
     * @param offset where to begin, in bytes
     * @param length the most to read, in bytes; {@code Long.MAX_VALUE} = to the end
     * @return the open file, which the caller closes
     * @throws OperationException {@code IS_A_DIRECTORY} or {@code SPECIAL_FILE}
     */
    OpenFile read(String path, @Nullable String user, long offset, long length);

    /**
     * Writes a regular file and creates its parent directories. An existing file is truncated and written in place. If the source or the
     * sandbox fails midway, a newly created file is removed.
     *
     * @param path absolute, or relative to the user's home
     * @param options owner, mode and metadata
     * @param source the content; read to its end, not closed
     * @return the file after the write
     * @throws IOException only from {@code source}
     * @throws OperationException {@code IS_A_DIRECTORY}, {@code SPECIAL_FILE} or {@code NO_SPACE}
     */
    FileEntry write(String path, WriteOptions options, InputStream source) throws IOException;

    /**
     * Creates a directory and its parent directories.
     *
     * @param path absolute, or relative to the user's home
     * @param user name or uid; null = the template's default user
     * @return the new directory
     * @throws OperationException {@code ALREADY_EXISTS}
     */
    FileEntry makeDirectory(String path, @Nullable String user);

    /**
     * Creates a symbolic link with exactly the given text. Its target need not exist.
     *
     * @param target the link's text
     * @param path absolute, or relative to the user's home
     * @param user name or uid; null = the template's default user
     * @return the link itself
     */
    FileEntry makeSymlink(String target, String path, @Nullable String user);

    /**
     * Moves a file or a directory, and creates the destination's parent directories. A file at the destination is replaced.
     *
     * @param source absolute, or relative to the user's home
     * @param destination the new path, absolute or relative to the user's home
     * @param user name or uid; null = the template's default user
     * @return the file or directory at its new path
     */
    FileEntry move(String source, String destination, @Nullable String user);

    /**
     * Removes a file, or a directory with everything in it. Never follows a link. Succeeds if the path doesn't exist.
     *
     * @param path absolute, or relative to the user's home
     * @param user name or uid; null = the template's default user
     */
    void remove(String path, @Nullable String user);

    /**
     * Watches a directory; {@link Capability#WATCH}.
     *
     * @param path absolute, or relative to the user's home
     * @param user name or uid; null = the template's default user
     * @param recursive whether to watch all directories below it too, including those created later
     * @param entries whether events carry the entry of their path, if the path still exists
     * @return the running watch, which the caller closes
     */
    FileWatch watch(String path, @Nullable String user, boolean recursive, boolean entries);

    /**
     * A file that is open for reading.
     *
     * @param entry the attributes of the file when it was opened
     * @param content the bytes from the requested offset
     */
    record OpenFile(FileEntry entry, InputStream content) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            content.close();
        }
    }
}
