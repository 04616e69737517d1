package dev.sandboxer.extension.session;

/** The kind of file that a path is. */
public enum FileType {
    FILE,
    DIRECTORY,
    SYMLINK,
    /** A FIFO, socket or device. */
    OTHER,
    /** Nothing: the target of a broken or cyclic link. */
    UNKNOWN
}
