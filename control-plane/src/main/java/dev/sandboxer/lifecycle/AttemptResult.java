package dev.sandboxer.lifecycle;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.lifecycle.state.Sandbox;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The result of one attempt to create a sandbox. */
sealed interface AttemptResult {
    /** The sandbox runs. */
    record Created(Sandbox sandbox) implements AttemptResult {}

    /**
     * Certainly nothing was created. The next candidate may be tried.
     *
     * @param failure what the whole creation fails with if no candidate succeeds; null = {@code NO_CANDIDATE}
     * @param ofCredential true if the backend refused the credential
     * @param retryAfter how long to wait before the same account is tried again; null = the next candidate is tried
     */
    record Refused(
            String reason,
            @Nullable SandboxException failure,
            boolean ofCredential,
            @Nullable Duration retryAfter) implements AttemptResult {
        static Refused because(String reason) {
            return new Refused(reason, null, false, null);
        }

        static Refused because(SandboxException failure, boolean ofCredential) {
            return new Refused(String.valueOf(failure.getMessage()), failure, ofCredential, null);
        }
    }

    /** The sandbox may have been created, and the look-up by tag failed too. No other candidate is tried. */
    record Unknown(SandboxException failure) implements AttemptResult {}
}
