package dev.sandboxer.extension.spec;

/** What holds for an address that no rule names. */
public enum NetworkPolicy {
    /** It may not be called. Must be enforced, or refused with kind {@code UNSUPPORTED}. */
    DENY,
    /** Whatever the backend allows by itself, which may be nothing. A permission, not a demand. */
    BACKEND_DEFAULT
}
