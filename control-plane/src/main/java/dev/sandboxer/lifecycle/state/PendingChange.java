package dev.sandboxer.lifecycle.state;

/** A change that is written down and that the backend may not have made yet. */
public enum PendingChange {
    PAUSE,
    RESUME
}
