package dev.sandboxer.extension;

/**
 * The backend's own id of a sandbox. Only the backend interprets it.
 *
 * @param value not blank
 */
public record BackendRef(String value) {
    /** Rejects a blank value. */
    public BackendRef {
        if (value.isBlank()) {
            throw new IllegalArgumentException("the backend's id of a sandbox must not be blank");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
