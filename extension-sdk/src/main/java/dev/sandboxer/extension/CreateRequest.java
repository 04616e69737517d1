package dev.sandboxer.extension;

import dev.sandboxer.extension.CreationProgress.Stage;
import dev.sandboxer.extension.spec.SandboxSpec;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to create one sandbox.
 *
 * @param tag unique and never reused; stored by the backend
 * @param spec the sandbox to create
 * @param deadline when the backend ends the sandbox by itself
 * @param progress receives the progress of the creation. Backends call {@link #report}, not the listener
 * @param consumer the consumer that the sandbox is for, {@code [a-z0-9._-]{1,64}}; null = unknown. A backend may use it to break down its
 *     own bill. Never used for access: the credential alone selects the account
 */
public record CreateRequest(
        SandboxTag tag,
        SandboxSpec spec,
        Instant deadline,
        ProgressListener progress,
        @Nullable String consumer) {
    /**
     * Creates a request without a progress listener and without a consumer.
     *
     * @param tag unique and never reused; stored by the backend
     * @param spec the sandbox to create
     * @param deadline when the backend ends the sandbox by itself
     */
    public CreateRequest(SandboxTag tag, SandboxSpec spec, Instant deadline) {
        this(tag, spec, deadline, ProgressListener.NONE);
    }

    /**
     * Creates a request without a consumer.
     *
     * @param tag unique and never reused; stored by the backend
     * @param spec the sandbox to create
     * @param deadline when the backend ends the sandbox by itself
     * @param progress receives the progress of the creation
     */
    public CreateRequest(SandboxTag tag, SandboxSpec spec, Instant deadline, ProgressListener progress) {
        this(tag, spec, deadline, progress, null);
    }

    /**
     * Reports the progress of the creation. Backends call this method, not the listener. Drops exceptions of the listener, so that a broken
     * listener can't make the creation fail.
     *
     * @param stage what the backend is doing
     * @param text one line for people
     */
    public void report(Stage stage, String text) {
        var event = new CreationProgress(stage, text);
        try {
            progress.onProgress(event);
        } catch (RuntimeException e) {
            // a broken listener must not fail the creation
        }
    }
}
