package dev.sandboxer.lifecycle;

/** A change that is written down and that the backend may not have made yet. */
public enum Transition {
    PAUSE,
    RESUME
}
