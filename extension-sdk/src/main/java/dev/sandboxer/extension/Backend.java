package dev.sandboxer.extension;

import dev.sandboxer.extension.feature.Pausing;
import dev.sandboxer.extension.session.Session;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A place that runs sandboxes: an account of a service, or this machine. Opened with one credential. Thread-safe.
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
     * Creates a sandbox and returns when it accepts commands.
     *
     * <p>The backend stores {@link CreateRequest#tag()}, so that {@link #find} can answer after an unknown outcome. It enforces
     * {@link CreateRequest#deadline()} by itself, even when this process has died.
     *
     * @param request the spec, the tag and the deadline
     * @return the sandbox, ready for commands
     * @throws ExtensionException of kind {@code UNSUPPORTED} and effect {@code NOT_APPLIED} when {@link Extension#supports} refuses the
     *     spec; of kind {@code INVALID} and effect {@code NOT_APPLIED} when the backend still knows a sandbox with this tag, or doesn't
     *     know the template
     */
    BackendSandbox create(CreateRequest request);

    /**
     * Finds the sandbox that was created with a tag, running or paused.
     *
     * <p>After an unknown outcome the caller takes an empty answer as proof that nothing was created. A backend whose listing lags behind
     * has to look again before it returns an empty answer.
     *
     * @param tag the tag that the sandbox was created with
     * @return the sandbox; empty when it was never created or has ended
     */
    Optional<BackendSandbox> find(SandboxTag tag);

    /**
     * Looks up one sandbox, running or paused. Doesn't use a listing, which may lag behind.
     *
     * <p>The caller takes an empty answer as proof that the sandbox has ended. When the backend can't be reached, or a proxy answers in
     * its place, this throws and never returns empty.
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
     * Ends a sandbox, running or paused, and returns when nothing of it runs any more. Succeeds if it doesn't exist.
     *
     * @param sandbox the backend's id of the sandbox
     */
    void destroy(BackendRef sandbox);

    /**
     * Opens a session with a running sandbox. Cheap: the first operation contacts the sandbox, this call doesn't.
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
