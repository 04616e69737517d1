package dev.sandboxer.extension;

/** A sandbox's id in its backend's own terms; opaque to everybody else. */
public record BackendRef(String value) {
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
