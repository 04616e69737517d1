package dev.sandboxer.credentials;

import org.jspecify.annotations.Nullable;

/**
 * The owner of a credential, who pays the backend's bill.
 *
 * @param consumer null = the platform: the operator of this installation
 */
public record Owner(@Nullable String consumer) {
    public static final Owner PLATFORM = new Owner(null);

    public static Owner consumer(String name) {
        return new Owner(name);
    }

    /** Reads the form that {@link #toRow} writes. */
    public static Owner ofRow(String text) {
        return text.isEmpty() ? PLATFORM : new Owner(text);
    }

    public String toRow() {
        return consumer == null ? "" : consumer;
    }

    /** Returns the owner's name for users. */
    public String text() {
        return consumer == null ? "the platform" : consumer;
    }
}
