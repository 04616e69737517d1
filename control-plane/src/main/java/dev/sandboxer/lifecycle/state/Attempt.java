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
 * One try to create a sandbox with one extension.
 *
 * @param receipt the credential it is made with; null = none is needed
 * @param number counts from 1; part of the tag
 * @param end null while nobody knows what came of it
 */
public record Attempt(
        SandboxId sandbox,
        int number,
        ExtensionId extension,
        @Nullable Receipt receipt,
        Instant startedAt,
        @Nullable End end) {
    /**
     * What came of it.
     *
     * @param at when that was known; null in attempts of older versions
     * @param message what the backend said, for failures
     * @param kind what was wrong, for failures; null in attempts of older versions
     * @param retryAt when the backend asked to be asked again; null = it didn't
     */
    public record End(
            Outcome outcome,
            @Nullable Instant at,
            @Nullable String message,
            @Nullable Kind kind,
            @Nullable Instant retryAt) {
        /** However long a backend asks for: it is asked once an hour. */
        private static final Duration LONGEST_WAIT = Duration.ofHours(1);

        public static End created(Instant at) {
            return new End(Outcome.CREATED, at, null, null, null);
        }

        /** It had made a sandbox before its maker died; how long that took, nobody knows. */
        public static End adopted() {
            return new End(Outcome.CREATED, null, "adopted", null, null);
        }

        /** The end that a failure makes; its message may be that of a look-up which found nothing. */
        public static End failed(Outcome outcome, Instant at, ExtensionException e) {
            var wait = e.retryAfter();
            return new End(
                    outcome,
                    at,
                    e.getMessage(),
                    e.kind(),
                    wait == null ? null : at.plus(wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT));
        }

        /** It came to nothing for a reason of ours. */
        public static End nothing(Instant at, String why) {
            return new End(Outcome.NOT_FOUND, at, why, null, null);
        }
    }

    /** Null while nobody knows. */
    public @Nullable Outcome outcome() {
        return end == null ? null : end.outcome();
    }

    /** How long it took; null when that is not known. */
    public @Nullable Duration length() {
        return end == null || end.at() == null ? null : Duration.between(startedAt, end.at());
    }

    /** What was wrong, for failures; null when that is not known. */
    public @Nullable Kind failure() {
        return end == null ? null : end.kind();
    }

    /** What the backend said, for failures. */
    public @Nullable String message() {
        return end == null ? null : end.message();
    }

    /** The account it is made in; null where none is needed. */
    public @Nullable CredentialId credential() {
        return receipt == null ? null : receipt.credential();
    }

    /** The tag under which its backend keeps what it makes. */
    public SandboxTag tag(String installation) {
        return new SandboxTag(installation, sandbox.value(), number);
    }

    public enum Outcome {
        CREATED,
        /** Certainly nothing was made. */
        REFUSED,
        /** The answer was lost, and a look-up by tag found nothing. */
        NOT_FOUND;

        /** As users see it. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
