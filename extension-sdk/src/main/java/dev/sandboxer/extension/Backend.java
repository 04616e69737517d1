package dev.sandboxer.extension;

import dev.sandboxer.extension.session.Session;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One account, or this machine, that runs sandboxes; reached with one credential. Thread-safe.
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
     * @param request what is to be created, under which tag and until when
     * @return the sandbox, which accepts commands
     * @throws ExtensionException of kind {@code UNSUPPORTED} and effect {@code NOT_APPLIED} when {@link Extension#supports}
     *     refuses the spec; of kind {@code INVALID} and effect {@code NOT_APPLIED} when the backend still knows a sandbox with
     *     this tag, or doesn't know the template
     */
    BackendSandbox create(CreateRequest request);

    /**
     * Finds the sandbox that was created with a tag, running or paused. Empty when there is none, or it has ended.
     *
     * <p>After an unknown outcome the caller takes an empty answer as proof that nothing was created. A backend whose listing
     * lags behind looks again before it gives one.
     *
     * @param tag the tag it was created with
     * @return the sandbox; empty when there is none, or it has ended
     */
    Optional<BackendSandbox> find(SandboxTag tag);

    /**
     * Asks for one sandbox, without using a listing, which may lag behind. Empty when the backend says that it has ended.
     *
     * <p>The caller takes an empty answer as proof. A failure to reach the backend, or an answer by a proxy on the way, is an
     * exception and never empty.
     *
     * @param sandbox the backend's id of the sandbox
     * @return the sandbox; empty when the backend says that it has ended
     */
    Optional<BackendSandbox> describe(BackendRef sandbox);

    /**
     * Lists all sandboxes of this installation, running or paused, in no order. Fails rather than returning a part.
     *
     * @return all of them, never null
     */
    List<BackendSandbox> list();

    /**
     * Moves the deadline of a sandbox, to later or earlier. One that has passed ends the sandbox.
     *
     * @param sandbox the backend's id of the sandbox
     * @param deadline when the backend shall end it
     * @return the deadline that it has now; earlier than asked for where the account allows no more
     * @throws ExtensionException of kind {@code GONE} when the sandbox has ended
     */
    Instant setDeadline(BackendRef sandbox, Instant deadline);

    /**
     * Ends a sandbox, running or paused, and returns when nothing of it runs any more. Absent is success.
     *
     * @param sandbox the backend's id of the sandbox
     */
    void destroy(BackendRef sandbox);

    /**
     * Opens a session with a running sandbox. Cheap: nothing inside is contacted before the first operation.
     *
     * @param sandbox the backend's id of the sandbox
     * @return a session that the caller closes
     * @throws ExtensionException of kind {@code GONE} when the sandbox has ended; see {@link Pausing} for a paused one
     */
    Session connect(BackendRef sandbox);

    /** Releases what this object holds, such as connections. Sandboxes go on. No method may be called afterwards. */
    @Override
    void close();
}
