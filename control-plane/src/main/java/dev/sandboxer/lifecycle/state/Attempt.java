package dev.sandboxer.lifecycle.state;

import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.credentials.Receipt;
import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.extension.SandboxTag;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to create a sandbox with one extension.
 *
 * @param number counts from 1; part of the tag
 * @param receipt the credential it is made with; null = none is needed
 * @param end null until its outcome is known
 */
public record Attempt(
        SandboxId sandbox,
        int number,
        ExtensionId extension,
        @Nullable Receipt receipt,
        Instant startedAt,
        @Nullable End end) {
    /**
     * The outcome of an attempt, with details.
     *
     * @param at when the outcome became known; null in attempts of older versions
     * @param message the backend's message, for failures
     * @param kind the kind of failure; null after success, for reasons on our side, and in attempts of older versions
     * @param retryAt when the backend allows a retry; null = it gave no time
     */
    public record End(
            Outcome outcome,
            @Nullable Instant at,
            @Nullable String message,
            @Nullable Kind kind,
            @Nullable Instant retryAt) {
        /** Longer waits that a backend asks for are cut to this. */
        private static final Duration MAX_WAIT = Duration.ofHours(1);

        public static End created(Instant at) {
            return new End(Outcome.CREATED, at, null, null, null);
        }

        /** Returns the end of an attempt that succeeded before its process died. How long it took is not known. */
        public static End adopted() {
            return new End(Outcome.CREATED, null, "adopted", null, null);
        }

        /** Returns the end of an attempt whose call failed. */
        public static End failed(Outcome outcome, Instant at, ExtensionException e) {
            var wait = e.retryAfter();
            return new End(
                    outcome,
                    at,
                    e.getMessage(),
                    e.kind(),
                    wait == null ? null : at.plus(wait.compareTo(MAX_WAIT) < 0 ? wait : MAX_WAIT));
        }

        /** Returns the end of an attempt that created nothing for a reason on sand-boxer's side, not the backend's. */
        public static End nothing(Instant at, String why) {
            return new End(Outcome.NOT_FOUND, at, why, null, null);
        }
    }

    /** Returns the outcome; null until it is known. */
    public @Nullable Outcome outcome() {
        return end == null ? null : end.outcome();
    }

    /** Returns how long the attempt took; null when that is not known. */
    public @Nullable Duration length() {
        return end == null || end.at() == null ? null : Duration.between(startedAt, end.at());
    }

    /** Returns the kind of failure; null when it did not fail or the kind is not known. */
    public @Nullable Kind failure() {
        return end == null ? null : end.kind();
    }

    /** Returns the backend's message, for failures. */
    public @Nullable String message() {
        return end == null ? null : end.message();
    }

    /** Returns the account it is made in; null where none is needed. */
    public @Nullable CredentialId credential() {
        return receipt == null ? null : receipt.credential();
    }

    /** Returns the tag that the backend stores with the sandbox. */
    public SandboxTag tag(String installation) {
        return new SandboxTag(installation, sandbox.value(), number);
    }

    public enum Outcome {
        CREATED,
        /** Certainly nothing was created. */
        REFUSED,
        /** The response was lost, and a look-up by tag found nothing. */
        NOT_FOUND;

        /** Returns the outcome as users see it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
