package dev.sandboxer.local.agent;

import dev.sandboxer.extension.ExtensionException;
import dev.sandboxer.extension.ExtensionException.Kind;
import dev.sandboxer.local.folder.SandboxFolder;
import dev.sandboxer.local.folder.StoredRequest;
import dev.sandboxer.local.host.Cgroups;
import dev.sandboxer.local.host.Freezer;
import java.time.Duration;

/**
 * Opens connections to the agent of one sandbox, unless it is paused.
 *
 * @param cgroups the sandbox's control groups
 */
public record AgentConnector(SandboxFolder folder, Cgroups cgroups, Timeouts timeouts) {
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
     * Checks that the sandbox is not paused. A connection would not show it, because a frozen agent accepts connections but does not
     * answer. A sandbox that is frozen for a snapshot passes, since that does not take long.
     *
     * @throws ExtensionException {@code TRANSIENT} when the sandbox is paused
     */
    public void requireNotPaused() {
        if (Freezer.of(cgroups).filter(Freezer::isFrozen).isPresent()
                && folder.request().filter(StoredRequest::isPauseRecorded).isPresent()) {
            throw ExtensionException.notApplied(
                    Kind.TRANSIENT, "the sandbox " + folder.ref() + " is paused; resume it first");
        }
    }
}
