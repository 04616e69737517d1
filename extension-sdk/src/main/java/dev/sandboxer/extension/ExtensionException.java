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

    /** What was wrong. */
    private final Kind kind;
    /** Whether the call changed anything. */
    private final Effect effect;
    /** How long the backend asked to wait; null when it didn't. */
    private final @Nullable Duration retryAfter;

    /**
     * A failure of a backend.
     *
     * @param kind what was wrong
     * @param effect whether the call changed anything
     * @param retryAfter how long the backend asked to wait; null when it didn't
     * @param message what happened, for people; without secrets
     * @param cause what led to it; null = nothing else
     */
    public ExtensionException(
            Kind kind, Effect effect, @Nullable Duration retryAfter, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.effect = effect;
        this.retryAfter = retryAfter;
    }

    /**
     * A failure of effect {@code NOT_APPLIED}.
     *
     * @param kind what was wrong
     * @param message what happened, for people; without secrets
     * @return the exception, to be thrown
     */
    public static ExtensionException notApplied(Kind kind, String message) {
        return new ExtensionException(kind, Effect.NOT_APPLIED, null, message, null);
    }

    /**
     * A failure of effect {@code UNKNOWN}.
     *
     * @param kind what was wrong
     * @param message what happened, for people; without secrets
     * @param cause what led to it; null = nothing else
     * @return the exception, to be thrown
     */
    public static ExtensionException unknown(Kind kind, String message, @Nullable Throwable cause) {
        return new ExtensionException(kind, Effect.UNKNOWN, null, message, cause);
    }

    /**
     * A failure of kind {@code GONE} and effect {@code NOT_APPLIED}.
     *
     * @param sandbox the backend's id of the sandbox
     * @return the exception, to be thrown
     */
    public static ExtensionException gone(BackendRef sandbox) {
        return notApplied(Kind.GONE, "the sandbox " + sandbox + " has ended");
    }

    /** {@return what was wrong} */
    public Kind kind() {
        return kind;
    }

    /** {@return whether the call changed anything} */
    public Effect effect() {
        return effect;
    }

    /**
     * How long the backend asked to wait; null when it didn't.
     *
     * @return a time from now, or null
     */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
