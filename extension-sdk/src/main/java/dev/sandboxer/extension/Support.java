package dev.sandboxer.extension;

import dev.sandboxer.extension.ExtensionException.Kind;

/** The result of {@link Extension#supports}. */
public sealed interface Support {
    /** The backend can honour every part of the spec. The creation may still fail because of the account's limits or a lack of capacity. */
    record Supported() implements Support {}

    /**
     * The backend can't honour a part of the spec.
     *
     * @param reason one line for people that names the missing feature
     */
    record Unsupported(String reason) implements Support {}

    /**
     * Throws if the spec is unsupported. {@link Backend#create} begins with this check.
     *
     * @throws ExtensionException of kind {@code UNSUPPORTED} and effect {@code NOT_APPLIED}, with the reason
     */
    default void require() {
        if (this instanceof Unsupported(var reason)) {
            throw ExtensionException.notApplied(Kind.UNSUPPORTED, reason);
        }
    }
}
