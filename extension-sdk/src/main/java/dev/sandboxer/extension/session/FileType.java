package dev.sandboxer.extension.session;

/** The kind of file that a path is. */
public enum FileType {
    /** A regular file. */
    FILE,
    /** A directory. */
    DIRECTORY,
    /** A symbolic link. */
    SYMLINK,
    /** A FIFO, socket or device. */
    OTHER,
    /** No file: the target of a broken or cyclic link. */
    UNKNOWN
}
