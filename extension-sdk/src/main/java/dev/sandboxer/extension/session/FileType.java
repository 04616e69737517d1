package dev.sandboxer.extension.session;

/** The type of a file. */
public enum FileType {
    /** A regular file. */
    FILE,
    /** A directory. */
    DIRECTORY,
    /** A symbolic link. */
    SYMLINK,
    /** A FIFO, socket or device. */
    OTHER,
    /** No file, for the target of a broken or cyclic link. */
    UNKNOWN
}
