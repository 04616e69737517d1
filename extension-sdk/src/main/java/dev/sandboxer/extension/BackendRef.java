package dev.sandboxer.extension;

/**
 * The id of a sandbox at its backend. Only the backend knows what it means.
 *
 * @param value not blank
 */
public record BackendRef(String value) {
    /** Checks the components. */
    public BackendRef {
        if (value.isBlank()) {
            throw new IllegalArgumentException("a backend's reference may not be blank");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
