package dev.sandboxer.http.modal.router;

import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.profiles.Profile;
import io.grpc.StatusRuntimeException;
import java.util.Map;

/** What the router needs of the rest of Modal's API, for the call that the calling thread answers. */
public interface RouterAccess {
    /**
     * The sandbox of a task, which runs and which the call may use.
     *
     * @throws StatusRuntimeException when there is none
     */
    Sandbox running(String taskId);

    /**
     * The sandbox of a task, in whatever state it is: for what was kept of it.
     *
     * @throws StatusRuntimeException when there is none that the call may use
     */
    Sandbox any(String taskId);

    /**
     * The variables of a stored secret of the sandbox's owner.
     *
     * @throws StatusRuntimeException {@code NOT_FOUND} when there is none
     */
    Map<String, String> secret(Sandbox sandbox, String secretId);

    /** The profile of a sandbox as it is now. */
    Profile profile(Sandbox sandbox);

    /** The status that stands for a failure. */
    StatusRuntimeException failure(RuntimeException failure);
}
