package dev.sandboxer.http.modal;

import dev.sandboxer.consumers.ConsumerProfiles;
import dev.sandboxer.http.modal.control.Secrets;
import dev.sandboxer.http.modal.edge.TaskAccess;
import dev.sandboxer.http.modal.router.RouterAccess;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.profiles.Profile;
import java.util.List;
import java.util.Map;

/**
 * The parts of the control plane that the router uses.
 *
 * @param tasks finds the sandboxes that router tokens give access to
 */
record ControlPlaneAccess(TaskAccess tasks, Secrets secrets, ConsumerProfiles profiles) implements RouterAccess {
    @Override
    public Sandbox running(String taskId) {
        return tasks.running(taskId);
    }

    @Override
    public Sandbox any(String taskId) {
        return tasks.any(taskId);
    }

    @Override
    public Map<String, String> secret(Sandbox sandbox, String secretId) {
        return secrets.variables(sandbox.consumer(), List.of(secretId));
    }

    @Override
    public Profile profile(Sandbox sandbox) {
        return profiles.of(sandbox.consumer()).get(sandbox.profile());
    }
}
