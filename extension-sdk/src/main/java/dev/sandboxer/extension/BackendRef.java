package dev.sandboxer.extension;

/**
 * The id of a sandbox at its backend; opaque to everybody else.
 *
 * @param value not blank
 */
public record BackendRef(String value) {
    /** Rejects a blank value. */
    public BackendRef {
        if (value.isBlank()) {
            throw new IllegalArgumentException("a backend's reference must not be blank");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
