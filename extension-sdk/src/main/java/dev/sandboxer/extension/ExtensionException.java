package dev.sandboxer.extension;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A failure of a backend, classified so that the caller knows what to do about it. The message says what happened and holds no
 * secret.
 *
 * <p>{@link Effect} matters most: after {@code UNKNOWN} nobody retries or goes elsewhere before looking up by tag.
 */
public final class ExtensionException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What was wrong. */
    public enum Kind {
        /** The credential is missing, malformed or refused. */
        CREDENTIAL,
        /** A limit of the account is reached. */
        QUOTA,
        /** Too many calls at the moment. */
        THROTTLED,
        /** The backend has no room at the moment. */
        CAPACITY,
        /** The request can never succeed as it is. */
        INVALID,
        /** The backend, or this host, can't do what was asked for; see {@link Extension#supports}. */
        UNSUPPORTED,
        /** May succeed when repeated. */
        TRANSIENT,
        /** The sandbox has ended. */
        GONE,
        /** A defect in the extension or the backend. */
        INTERNAL
    }

    /** Whether the call changed anything. */
    public enum Effect {
        /** It certainly did not. */
        NOT_APPLIED,
        /** It may have. */
        UNKNOWN
    }

    private final Kind kind;
    private final Effect effect;
    private final @Nullable Duration retryAfter;

    /**
     * @param retryAfter how long the backend asked to wait; null when it didn't
     * @param message what happened, for people; without secrets
     */
    public ExtensionException(
            Kind kind, Effect effect, @Nullable Duration retryAfter, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.effect = effect;
        this.retryAfter = retryAfter;
    }

    /** A failure of effect {@code NOT_APPLIED}. */
    public static ExtensionException notApplied(Kind kind, String message) {
        return new ExtensionException(kind, Effect.NOT_APPLIED, null, message, null);
    }

    /** A failure of effect {@code UNKNOWN}. */
    public static ExtensionException unknown(Kind kind, String message, @Nullable Throwable cause) {
        return new ExtensionException(kind, Effect.UNKNOWN, null, message, cause);
    }

    /** A failure of kind {@code GONE} and effect {@code NOT_APPLIED}. */
    public static ExtensionException gone(BackendRef sandbox) {
        return notApplied(Kind.GONE, "the sandbox " + sandbox + " has ended");
    }

    public Kind kind() {
        return kind;
    }

    public Effect effect() {
        return effect;
    }

    /** How long the backend asked to wait; null when it didn't. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
