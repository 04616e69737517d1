package dev.sandboxer.extension;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One account (or this machine) that runs sandboxes, reached with one credential.
 *
 * <p>All methods throw {@link ExtensionException}, whose {@code effect} says whether the call may have taken effect.
 */
public interface Backend extends AutoCloseable {
    /**
     * Asks the backend whether the credential is accepted; creates nothing.
     *
     * @throws ExtensionException of kind {@code CREDENTIAL} when it is refused
     */
    void check();

    /**
     * Creates a sandbox and returns when it accepts commands.
     *
     * <p>The backend stores {@link CreateRequest#tag()} so that {@link #find} answers after an unknown outcome, and enforces
     * {@link CreateRequest#deadline()} by itself, whether or not this process lives.
     *
     * @throws ExtensionException of kind {@code UNSUPPORTED} and effect {@code NOT_APPLIED} when {@link Extension#supports}
     *     refuses the spec; of kind {@code INVALID} and effect {@code NOT_APPLIED} when the backend still knows a sandbox with
     *     this tag, or doesn't know the template
     */
    BackendSandbox create(CreateRequest request);

    /** Looks a sandbox up by the tag it was created with; empty when the backend has none that is not ended. */
    Optional<BackendSandbox> find(SandboxTag tag);

    /**
     * Asks for one sandbox by itself, not by a listing, which may lag behind; empty when the backend says that it has ended.
     * Who asks takes an empty answer as proof, so that a failure, or an answer from somebody else on the way, is none.
     */
    Optional<BackendSandbox> describe(BackendRef sandbox);

    /** All sandboxes, not ended, that carry a tag of this installation. Fails rather than returning a part. */
    List<BackendSandbox> list();

    /**
     * Moves the deadline, which may shorten it.
     *
     * @return the deadline that it has now, earlier than asked for where the account allows no more
     * @throws ExtensionException of kind {@code GONE} when the sandbox has ended
     */
    Instant setDeadline(BackendRef sandbox, Instant deadline);

    /** Ends a sandbox, whatever it is doing; returns when nothing of it runs. Absent is success. */
    void destroy(BackendRef sandbox);

    /**
     * Opens a session with a running sandbox. Cheap: connects lazily.
     *
     * @throws ExtensionException of kind {@code GONE} when the sandbox has ended
     */
    Session connect(BackendRef sandbox);

    /** Releases what this object holds; sandboxes go on. */
    @Override
    void close();
}
