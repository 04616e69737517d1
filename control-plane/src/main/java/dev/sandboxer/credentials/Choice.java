package dev.sandboxer.credentials;

import org.jspecify.annotations.Nullable;

/** The outcome of choosing a credential for one extension. */
public sealed interface Choice {
    /** The extension needs no credential. */
    record NotNeeded() implements Choice {}

    /**
     * A credential was chosen.
     *
     * @param fallback the credential that its owner allows instead when the backend refuses it; null = none
     */
    record Chosen(Receipt receipt, @Nullable Receipt fallback) implements Choice {}

    /** The requester has no usable credential, and neither does the platform. */
    record Missing(String reason) implements Choice {}
}
