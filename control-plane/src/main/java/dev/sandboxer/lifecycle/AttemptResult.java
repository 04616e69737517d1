package dev.sandboxer.lifecycle;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.lifecycle.state.Sandbox;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What came of one attempt to make a sandbox. */
sealed interface AttemptResult {
    /** It runs. */
    record Created(Sandbox sandbox) implements AttemptResult {}

    /**
     * Nothing was made, for certain: the next candidate may be tried.
     *
     * @param failure under the code that the whole creation fails with when nothing else works out; null = no code of its own
     * @param ofCredential whether the backend refused the credential
     * @param retryAfter how long its backend wants to be left alone before it is asked again; null = another is asked
     */
    record Refused(
            String why,
            @Nullable SandboxException failure,
            boolean ofCredential,
            @Nullable Duration retryAfter) implements AttemptResult {
        static Refused because(String why) {
            return new Refused(why, null, false, null);
        }

        static Refused because(SandboxException failure, boolean ofCredential) {
            return new Refused(String.valueOf(failure.getMessage()), failure, ofCredential, null);
        }
    }

    /** Something may have been made, and the look-up by tag failed too: nobody goes elsewhere before that is known. */
    record Unknown(SandboxException failure) implements AttemptResult {}
}
