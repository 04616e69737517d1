package dev.sandboxer.extension;

import dev.sandboxer.extension.ExtensionException.Kind;

/** Whether a backend can honour all that a spec asks for. */
public sealed interface Support {
    /** It can. An account's limits or a lack of room may still refuse it. */
    record Supported() implements Support {}

    /**
     * It can't.
     *
     * @param reason one line for people that names what is asked for and missing
     */
    record Unsupported(String reason) implements Support {}

    /**
     * Does nothing when it can; {@link Backend#create} begins with it.
     *
     * @throws ExtensionException {@code UNSUPPORTED}, {@code NOT_APPLIED}, with the reason
     */
    default void require() {
        if (this instanceof Unsupported(var reason)) {
            throw ExtensionException.notApplied(Kind.UNSUPPORTED, reason);
        }
    }
}
