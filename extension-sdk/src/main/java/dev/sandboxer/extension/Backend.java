package dev.sandboxer.extension;

import dev.sandboxer.extension.feature.Pausing;
import dev.sandboxer.extension.session.Session;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Runs sandboxes with one credential, in an account of a cloud service or on this machine. Thread-safe.
 *
 * <p>Every method fails with {@link ExtensionException}, whose {@code effect} says whether the call may have changed anything.
 */
public interface Backend extends AutoCloseable {
    /**
     * Checks that the backend accepts the credential. Creates nothing.
     *
     * @throws ExtensionException of kind {@code CREDENTIAL} when it is refused
     */
    void check();

    /**
     * Creates a sandbox and returns once it accepts commands.
     *
     * <p>The backend stores {@link CreateRequest#tag()}, so that {@link #find} finds the sandbox even if this call fails with effect
     * {@code UNKNOWN}. The backend itself enforces {@link CreateRequest#deadline()}, even if this process dies.
     *
     * @param request the spec, the tag and the deadline
     * @return the sandbox, ready for commands
     * @throws ExtensionException of kind {@code UNSUPPORTED} and effect {@code NOT_APPLIED} when {@link Extension#supports} refuses the
     *     spec; of kind {@code INVALID} and effect {@code NOT_APPLIED} when the backend already has a sandbox with this tag, or has no such
     *     template
     */
    BackendSandbox create(CreateRequest request);

    /**
     * Finds the sandbox that was created with a tag, running or paused.
     *
     * <p>After a {@link #create} with effect {@code UNKNOWN}, the caller takes an empty result as proof that nothing was created. A backend
     * whose listing lags behind must look again before it returns empty.
     *
     * @param tag the tag that the sandbox was created with
     * @return the sandbox; empty when it was never created or has ended
     */
    Optional<BackendSandbox> find(SandboxTag tag);

    /**
     * Looks up one sandbox, running or paused. Doesn't use a listing, which may lag behind.
     *
     * <p>The caller takes an empty result as proof that the sandbox has ended. If the backend can't be reached, or a proxy answers in its
     * place, this method throws instead of returning empty.
     *
     * @param sandbox the backend's id of the sandbox
     * @return the sandbox; empty when the backend says that it has ended
     */
    Optional<BackendSandbox> describe(BackendRef sandbox);

    /**
     * Lists all sandboxes of this installation, running or paused, in no order. Throws rather than returning only some of them.
     *
     * @return all sandboxes, never null
     */
    List<BackendSandbox> list();

    /**
     * Moves the deadline of a sandbox, later or earlier. A deadline in the past ends the sandbox.
     *
     * @param sandbox the backend's id of the sandbox
     * @param deadline when the backend ends the sandbox
     * @return the deadline now in force; earlier than requested when the account allows no more
     * @throws ExtensionException of kind {@code GONE} when the sandbox has ended
     */
    Instant setDeadline(BackendRef sandbox, Instant deadline);

    /**
     * Ends a sandbox, running or paused, and returns once all its processes have ended. Succeeds if the sandbox doesn't exist.
     *
     * @param sandbox the backend's id of the sandbox
     */
    void destroy(BackendRef sandbox);

    /**
     * Opens a session with a running sandbox. Cheap: only the session's first operation contacts the sandbox.
     *
     * @param sandbox the backend's id of the sandbox
     * @return a session, which the caller closes
     * @throws ExtensionException of kind {@code GONE} when the sandbox has ended; see {@link Pausing} for a paused one
     */
    Session connect(BackendRef sandbox);

    /** Releases connections and other resources. Sandboxes keep running. No method may be called afterwards. */
    @Override
    void close();
}
