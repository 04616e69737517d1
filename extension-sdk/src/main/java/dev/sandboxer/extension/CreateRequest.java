package dev.sandboxer.extension;

import dev.sandboxer.extension.CreationProgress.Stage;
import dev.sandboxer.extension.spec.SandboxSpec;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to create one sandbox.
 *
 * @param tag unique for ever; stored by the backend
 * @param spec what the sandbox shall be
 * @param deadline when the backend ends it by itself
 * @param progress is told how far the creation is; see {@link #report}
 * @param consumer for whom it is, {@code [a-z0-9._-]{1,64}}, so that a backend can tell costs apart on its own bill; null = not
 *     said. It opens nothing: whose account it is, the credential says
 */
public record CreateRequest(
        SandboxTag tag,
        SandboxSpec spec,
        Instant deadline,
        ProgressListener progress,
        @Nullable String consumer) {
    /**
     * One whose progress nobody wants to know, and for nobody in particular.
     *
     * @param tag unique for ever; stored by the backend
     * @param spec what the sandbox shall be
     * @param deadline when the backend ends it by itself
     */
    public CreateRequest(SandboxTag tag, SandboxSpec spec, Instant deadline) {
        this(tag, spec, deadline, ProgressListener.NONE);
    }

    /**
     * One for nobody in particular.
     *
     * @param tag unique for ever; stored by the backend
     * @param spec what the sandbox shall be
     * @param deadline when the backend ends it by itself
     * @param progress is told how far the creation is
     */
    public CreateRequest(SandboxTag tag, SandboxSpec spec, Instant deadline, ProgressListener progress) {
        this(tag, spec, deadline, progress, null);
    }

    /**
     * Tells the listener how far the creation is. Backends call this and not the listener itself: what a broken listener throws
     * is dropped here, so that no creation fails because of it.
     *
     * @param stage what the backend is doing
     * @param text one line for people
     */
    public void report(Stage stage, String text) {
        var event = new CreationProgress(stage, text);
        try {
            progress.onProgress(event);
        } catch (RuntimeException e) {
            // the listener's own problem
        }
    }
}
