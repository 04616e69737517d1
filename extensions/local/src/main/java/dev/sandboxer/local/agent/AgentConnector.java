package dev.sandboxer.local.agent;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.local.folder.SandboxFolder;
import dev.sandboxer.local.folder.StoredRequest;
import dev.sandboxer.local.host.Freezer;
import java.time.Duration;
import java.util.Optional;

/**
 * Opens connections to the agent of one sandbox, unless it is paused.
 *
 * @param freezer empty when the sandbox can't be paused
 */
public record AgentConnector(SandboxFolder folder, Optional<Freezer> freezer, Timeouts timeouts) {
    /** Opens a connection for a request that is answered soon. */
    AgentConnection open() {
        return open(timeouts.answer());
    }

    /** Opens a connection for a request that is answered when all its work is done. */
    AgentConnection openForWork() {
        return open(timeouts.work());
    }

    private AgentConnection open(Duration limit) {
        requireNotPaused();
        return AgentConnection.open(folder, limit);
    }

    /**
     * Checks before a connection is made, because a frozen agent accepts connections and does not answer.
     *
     * @throws ExtensionException {@code TRANSIENT} when the sandbox is paused; not when it is frozen for a snapshot, which
     *     does not take long
     */
    public void requireNotPaused() {
        if (freezer.filter(Freezer::isFrozen).isPresent()
                && folder.request().filter(StoredRequest::isToBePaused).isPresent()) {
            throw ExtensionException.notApplied(
                    Kind.TRANSIENT, "the sandbox " + folder.ref() + " is paused; resume it first");
        }
    }
}
