package dev.sandboxer.extension;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A failure of a backend, classified so that the caller knows how to react. The message says what happened and holds no secret.
 *
 * <p>After effect {@code UNKNOWN} the caller looks up the sandbox by its tag before it retries or tries another backend.
 */
public final class ExtensionException extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The kinds of failure. */
    public enum Kind {
        /** The credential is missing, malformed or refused. */
        CREDENTIAL,
        /** A limit of the account is reached. */
        QUOTA,
        /** There were too many calls in a short time. */
        THROTTLED,
        /** The backend has no free capacity at the moment. */
        CAPACITY,
        /** The request is invalid: repeating it unchanged fails again. */
        INVALID,
        /** The backend, or this host, lacks a feature that the request needs; see {@link Extension#supports}. */
        UNSUPPORTED,
        /** The call may succeed when repeated. */
        TRANSIENT,
        /** The sandbox has ended. */
        GONE,
        /** A defect in the extension or the backend. */
        INTERNAL
    }

    /** The effect of the failed call. */
    public enum Effect {
        /** The call certainly changed nothing. */
        NOT_APPLIED,
        /** The call may have changed something. */
        UNKNOWN
    }

    /** The kind of failure. */
    private final Kind kind;
    /** The effect of the failed call. */
    private final Effect effect;
    /** How long the backend asked to wait; null = it didn't ask. */
    private final @Nullable Duration retryAfter;

    /**
     * Creates a failure. The static methods are shorter for the usual cases.
     *
     * @param kind the kind of failure
     * @param effect whether the call may have changed anything
     * @param retryAfter how long the backend asked to wait; null = it didn't ask
     * @param message what happened, for people; without secrets
     * @param cause the underlying exception; null = none
     */
    public ExtensionException(
            Kind kind, Effect effect, @Nullable Duration retryAfter, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = kind;
        this.effect = effect;
        this.retryAfter = retryAfter;
    }

    /**
     * Creates a failure with effect {@code NOT_APPLIED}.
     *
     * @param kind the kind of failure
     * @param message what happened, for people; without secrets
     * @return the exception, to be thrown
     */
    public static ExtensionException notApplied(Kind kind, String message) {
        return new ExtensionException(kind, Effect.NOT_APPLIED, null, message, null);
    }

    /**
     * Creates a failure with effect {@code UNKNOWN}.
     *
     * @param kind the kind of failure
     * @param message what happened, for people; without secrets
     * @param cause the underlying exception; null = none
     * @return the exception, to be thrown
     */
    public static ExtensionException unknown(Kind kind, String message, @Nullable Throwable cause) {
        return new ExtensionException(kind, Effect.UNKNOWN, null, message, cause);
    }

    /**
     * Creates a failure of kind {@code GONE} with effect {@code NOT_APPLIED}.
     *
     * @param sandbox the backend's id of the sandbox
     * @return the exception, to be thrown
     */
    public static ExtensionException gone(BackendRef sandbox) {
        return notApplied(Kind.GONE, "the sandbox " + sandbox + " has ended");
    }

    /** {@return the kind of failure} */
    public Kind kind() {
        return kind;
    }

    /** {@return the effect of the failed call} */
    public Effect effect() {
        return effect;
    }

    /**
     * Returns how long the backend asked to wait before the next call.
     *
     * @return a duration from now; null = it didn't ask
     */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
