package dev.sandboxer.credentials;

import org.jspecify.annotations.Nullable;

/** What the rules say about one extension. */
public sealed interface Choice {
    /** It works without. */
    record NotNeeded() implements Choice {}

    /**
     * @param fallback what its owner lets take its place when the backend refuses it; null = nothing
     */
    record Chosen(Receipt receipt, @Nullable Receipt fallback) implements Choice {}

    /** Nobody who may has one that could be used. */
    record Missing(String why) implements Choice {}
}
