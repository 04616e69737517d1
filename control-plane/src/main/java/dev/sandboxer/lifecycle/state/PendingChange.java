package dev.sandboxer.lifecycle.state;

/** A change that is already in the row, but may not have been made at the backend yet. */
public enum PendingChange {
    /** The sandbox's start command is being started, and the sandbox is not ready yet. */
    START,
    PAUSE,
    /** A pause that keeps only the disk. */
    PAUSE_DISK,
    RESUME
}
