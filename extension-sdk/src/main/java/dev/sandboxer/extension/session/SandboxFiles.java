package dev.sandboxer.extension.session;

import dev.sandboxer.extension.Capability;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The file system of a sandbox. Thread-safe. Work is done as the sandbox's root, whatever a path's permissions; what is created
 * belongs to the user named.
 *
 * <p>A path is absolute, or relative to the user's home; {@code ~}, {@code ~/x} and {@code ""} are relative to it too. A user is a
 * name or a uid; null = the template's default user.
 *
 * <p>Every method refuses with {@link OperationException}: {@code NOT_FOUND}, {@code NOT_A_DIRECTORY}, {@code LOOP} or
 * {@code TOO_LONG} for the path, {@code UNKNOWN_USER} for the user.
 */
public interface SandboxFiles {
    /**
     * Describes a path, without following a symbolic link at its end.
     *
     * @param path absolute, or relative to the user's home
     * @param user name or uid; null = the template's default user
     * @return the path itself, as it is now
     */
    FileEntry stat(String path, @Nullable String user);

    /**
     * Lists a directory.
     *
     * @param path absolute, or relative to the user's home
     * @param depth at least 1; 1 = its own entries, 2 = those of its directories too, and so on. Symbolic links are not followed.
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
     * @param length how much at most, in bytes; {@code Long.MAX_VALUE} = to the end
     * @return the open file, which the caller closes
     * @throws OperationException {@code IS_A_DIRECTORY} or {@code SPECIAL_FILE}
     */
    OpenFile read(String path, @Nullable String user, long offset, long length);

    /**
     * Writes a regular file, and makes its parents. One that exists is cut and written in place. When the source or the sandbox
     * fails in the middle, a file that did not exist before is removed again.
     *
     * @param path absolute, or relative to the user's home
     * @param options owner, mode and metadata
     * @param source the content; read to its end, not closed
     * @return the file as it is now
     * @throws IOException only from {@code source}
     * @throws OperationException {@code IS_A_DIRECTORY}, {@code SPECIAL_FILE} or {@code NO_SPACE}
     */
    FileEntry write(String path, WriteOptions options, InputStream source) throws IOException;

    /**
     * Makes a directory and its parents.
     *
     * @param path absolute, or relative to the user's home
     * @param user name or uid; null = the template's default user
     * @return the new directory
     * @throws OperationException {@code ALREADY_EXISTS}
     */
    FileEntry makeDirectory(String path, @Nullable String user);

    /**
     * Makes a symbolic link that says exactly {@code target}.
     *
     * @param target what the link says
     * @param path absolute, or relative to the user's home
     * @param user name or uid; null = the template's default user
     * @return the link itself
     */
    FileEntry makeSymlink(String target, String path, @Nullable String user);

    /**
     * Moves a file or a directory, and makes the destination's parents. A file at the destination is replaced.
     *
     * @param source absolute, or relative to the user's home
     * @param destination where it goes, like {@code source}
     * @param user name or uid; null = the template's default user
     * @return what was moved, at its new place
     */
    FileEntry move(String source, String destination, @Nullable String user);

    /**
     * Removes a file, or a directory with all that is in it. Absent is success. Never follows a link.
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
     * @param recursive whether directories below it are watched too, those that are made later included
     * @param entries whether events carry the entry they are about, where it still exists
     * @return the running watch, which the caller closes
     */
    FileWatch watch(String path, @Nullable String user, boolean recursive, boolean entries);

    /**
     * A file being read.
     *
     * @param entry as it was when it was opened
     * @param content from the offset asked for
     */
    record OpenFile(FileEntry entry, InputStream content) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            content.close();
        }
    }
}
