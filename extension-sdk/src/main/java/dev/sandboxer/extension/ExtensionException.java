package dev.sandboxer.extension;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A backend's failure, classified so that a caller knows what may be done about it.
 *
 * <p>{@link Effect} matters most: after {@code UNKNOWN} nobody retries or goes elsewhere before looking up by tag.
 */
public final class ExtensionException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public enum Kind {
        /** The credential is missing, malformed or refused. */
        CREDENTIAL,
        /** A limit of the account is reached. */
        QUOTA,
        /** Too many calls just now. */
        THROTTLED,
        /** The backend has no room just now. */
        CAPACITY,
        /** The request can never succeed as it is. */
        INVALID,
        /** The backend, or this host, can't do it. */
        UNSUPPORTED,
        /** May succeed when repeated. */
        TRANSIENT,
        /** The sandbox has ended. */
        GONE,
        /** A defect, here or there. */
        INTERNAL
    }

    public enum Effect {
        NOT_APPLIED,
        UNKNOWN
    }

    private final Kind kind;
    private final Effect effect;
    private final @Nullable Duration retryAfter;

    public ExtensionException(
            Kind kind, Effect effect, @Nullable Duration retryAfter, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.effect = effect;
        this.retryAfter = retryAfter;
    }

    /** A failure that certainly changed nothing. */
    public static ExtensionException notApplied(Kind kind, String message) {
        return new ExtensionException(kind, Effect.NOT_APPLIED, null, message, null);
    }

    /** A failure after which the call may have taken effect. */
    public static ExtensionException unknown(Kind kind, String message, @Nullable Throwable cause) {
        return new ExtensionException(kind, Effect.UNKNOWN, null, message, cause);
    }

    /** The sandbox has ended. */
    public static ExtensionException gone(BackendRef sandbox) {
        return notApplied(Kind.GONE, "the sandbox " + sandbox + " has ended");
    }

    public Kind kind() {
        return kind;
    }

    public Effect effect() {
        return effect;
    }

    /** How long the backend asked to wait, when it did. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
