package dev.sandboxer.extension;

/** What a path is. */
public enum FileType {
    FILE,
    DIRECTORY,
    SYMLINK,
    /** A FIFO, socket or device. */
    OTHER,
    /** The target of a broken or cyclic link. */
    UNKNOWN
}
