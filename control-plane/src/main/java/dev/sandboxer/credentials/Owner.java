package dev.sandboxer.credentials;

import org.jspecify.annotations.Nullable;

/**
 * Whose credential it is: who pays the backend's bill.
 *
 * @param consumer null = the platform, which is who runs this installation
 */
public record Owner(@Nullable String consumer) {
    public static final Owner PLATFORM = new Owner(null);

    public static Owner consumer(String name) {
        return new Owner(name);
    }

    /** As it stands in a row. */
    public static Owner ofRow(String text) {
        return text.isEmpty() ? PLATFORM : new Owner(text);
    }

    public String toRow() {
        return consumer == null ? "" : consumer;
    }

    /** As users see it. */
    public String text() {
        return consumer == null ? "the platform" : consumer;
    }
}
