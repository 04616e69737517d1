package dev.sandboxer.extension.spec;

/** Whom a sandbox may call. */
public enum NetworkPolicy {
    /** Nobody: loopback only. Must be enforced, or refused with kind {@code UNSUPPORTED}. */
    DENY,
    /** Whatever the backend allows by itself, which may be nobody. A permission, not a demand. */
    BACKEND_DEFAULT
}
