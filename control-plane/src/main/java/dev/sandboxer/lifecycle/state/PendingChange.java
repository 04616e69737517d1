package dev.sandboxer.lifecycle.state;

/** A change that the row already has and the backend may not. */
public enum PendingChange {
    /** The sandbox's start command is being started, and the sandbox is not ready yet. */
    START,
    PAUSE,
    /** A pause that keeps only the disk. */
    PAUSE_DISK,
    RESUME
}
