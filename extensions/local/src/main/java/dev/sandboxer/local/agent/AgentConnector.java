package dev.sandboxer.local.agent;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.local.folder.SandboxFolder;
import dev.sandboxer.local.folder.StoredRequest;
import dev.sandboxer.local.host.Freezer;
import java.time.Duration;
import java.util.Optional;

/**
 * The way to one sandbox's agent, as long as nobody has paused it.
 *
 * @param freezer empty when the sandbox can't be paused
 */
public record AgentConnector(SandboxFolder folder, Optional<Freezer> freezer, Timeouts patience) {
    /**
     * A new connection.
     *
     * @param limit how long the agent may take for each frame and write
     * @throws ExtensionException {@code TRANSIENT} when the sandbox is paused, since a frozen agent takes connections and
     *     answers none; one that stands still for a snapshot soon goes on
     */
    AgentConnection open(Duration limit) {
        refuseWhilePaused();
        return AgentConnection.open(folder, limit);
    }

    public void refuseWhilePaused() {
        if (freezer.filter(Freezer::isFrozen).isPresent()
                && folder.request().filter(StoredRequest::isToBePaused).isPresent()) {
            throw ExtensionException.notApplied(
                    Kind.TRANSIENT, "the sandbox " + folder.ref() + " is paused; resume it first");
        }
    }
}
