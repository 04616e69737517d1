package dev.sandboxer.extension;

import dev.sandboxer.extension.session.Ports;
import java.util.Set;

/**
 * A backend whose sandboxes are reached over HTTP at an address of the backend's own; {@link Capability#HTTP_PASSAGE}. Requests
 * for a port of such a sandbox are handed on as they come, instead of being sent again through {@link Ports#dial}.
 *
 * <p>The backend ends a sandbox's streams when the sandbox ends or is paused.
 */
public interface HttpPassage {
    /**
     * Where a port of a running sandbox is reached. Whether anything listens there is not looked at. Called before every
     * request, so that it may answer from memory.
     *
     * @param sandbox the backend's id of the sandbox
     * @param port 1 to 65535
     * @return where requests for the port go
     * @throws ExtensionException of kind {@code GONE} when the sandbox is known to have ended, {@code UNSUPPORTED} when this
     *     port of this sandbox can't be reached so, and only a session leads there
     */
    HttpTarget httpTarget(BackendRef sandbox, int port);

    /**
     * Like {@link #httpTarget}, but asks the backend and answers nothing from memory. Use after a failed request.
     *
     * @param sandbox the backend's id of the sandbox
     * @param port 1 to 65535
     * @return where requests for the port go, as of now
     * @throws ExtensionException as {@link #httpTarget}, and always of kind {@code GONE} when the sandbox has ended
     */
    HttpTarget refreshHttpTarget(BackendRef sandbox, int port);

    /**
     * The protocols that a daemon of the backend's own serves in each sandbox, at the port that is usual for the protocol. Who
     * speaks one of them with a client may hand the client's requests on. Names are lower case; empty by default.
     *
     * @return names of protocols
     */
    default Set<String> protocols() {
        return Set.of();
    }
}
