package dev.sandboxer.extension.spec;

/** The treatment of connections to destinations that no rule names. */
public enum NetworkPolicy {
    /** Such connections are denied. A backend that can't enforce this refuses the spec with kind {@code UNSUPPORTED}. */
    DENY,
    /** The backend decides, and may deny all of them. Sandboxes can't rely on such connections. */
    BACKEND_DEFAULT
}
