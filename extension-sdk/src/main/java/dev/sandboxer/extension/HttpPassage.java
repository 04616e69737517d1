package dev.sandboxer.extension;

/**
 * A backend whose sandboxes are reached over HTTP at an address of the backend's own; {@link Capability#HTTP_PASSAGE}. Requests
 * for such a sandbox are handed on as they come, instead of being understood and said again through a {@link Session}.
 *
 * <p>At {@link #ENVD_PORT} the sandbox speaks what E2B's daemon speaks, as of {@link #ENVD_VERSION} or later; at other ports
 * whatever listens there does. The backend ends a sandbox's streams when the sandbox ends or is paused. Thread-safe.
 */
public interface HttpPassage {
    /** Of processes and files. */
    int ENVD_PORT = 49_983;

    /** The oldest that does all that today's clients of E2B ask of it. */
    String ENVD_VERSION = "0.6.3";

    /**
     * Where a port of a running sandbox is reached; whether anything listens there is not looked at. May answer from memory:
     * called before every request.
     *
     * @throws ExtensionException of kind {@code GONE} when the sandbox is known to have ended, {@code UNSUPPORTED} when this one
     *     can't be reached so, and only a session helps
     */
    HttpTarget httpTarget(BackendRef sandbox, int port);

    /**
     * The same, by asking the backend now; for when a request gave reason to doubt.
     *
     * @throws ExtensionException as above, of kind {@code GONE} always when the sandbox has ended
     */
    HttpTarget httpTargetAfresh(BackendRef sandbox, int port);
}
