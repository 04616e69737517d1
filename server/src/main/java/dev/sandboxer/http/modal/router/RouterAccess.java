package dev.sandboxer.http.modal.router;

import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.profiles.Profile;
import io.grpc.StatusRuntimeException;
import java.util.Map;

/** The parts of Modal's control plane that the router uses. Each method applies to the call that the current thread is handling. */
public interface RouterAccess {
    /**
     * Returns the running sandbox of a task.
     *
     * @throws StatusRuntimeException when there is no such sandbox, or the call may not use it
     */
    Sandbox running(String taskId);

    /**
     * Returns the sandbox of a task, also an ended one, whose output may still be kept.
     *
     * @throws StatusRuntimeException when there is no such sandbox, or the call may not use it
     */
    Sandbox any(String taskId);

    /**
     * Returns the variables of a secret of the sandbox's owner.
     *
     * @throws StatusRuntimeException {@code NOT_FOUND} when there is none
     */
    Map<String, String> secret(Sandbox sandbox, String secretId);

    /** Returns a sandbox's profile as it is now. */
    Profile profile(Sandbox sandbox);
}
