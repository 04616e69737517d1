package dev.sandboxer.extension.spec;

/** What happens to connections to an address that no rule names. */
public enum NetworkPolicy {
    /** The sandbox may not call it. A backend that can't enforce this refuses the spec with kind {@code UNSUPPORTED}. */
    DENY,
    /** The backend decides; it may allow nothing. Sandboxes may not rely on being able to call it. */
    BACKEND_DEFAULT
}
