package dev.sandboxer.lifecycle.snapshots;

import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.launch.Launch;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.profiles.ProfileName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A stored disk of a sandbox, from which other sandboxes can be created.
 *
 * @param name the consumer's own name for it; null = none
 * @param sandbox the sandbox whose disk it is
 * @param profile the profile of that sandbox
 * @param extension the extension whose backend stores it
 * @param credential the account there; null where none is needed
 * @param template its id at the backend; null until it is ready
 * @param diskMiB size of the disk in MiB; until it is ready, that of the sandbox
 * @param host the only host that can reach it; null = any can
 * @param actor the worker that last began to make or delete it
 * @param launch what sandboxes from it start, and how their processes run
 */
public record Snapshot(
        String id,
        String consumer,
        @Nullable String name,
        SandboxId sandbox,
        ProfileName profile,
        ExtensionId extension,
        @Nullable CredentialId credential,
        @Nullable String template,
        int diskMiB,
        Instant createdAt,
        State state,
        @Nullable String host,
        ProcessIdentity actor,
        Launch launch) {
    /** Returns this snapshot with another start command and ready check for sandboxes made from it. */
    public Snapshot with(Launch other) {
        return new Snapshot(
                id,
                consumer,
                name,
                sandbox,
                profile,
                extension,
                credential,
                template,
                diskMiB,
                createdAt,
                state,
                host,
                actor,
                other);
    }

    /** The stage of a snapshot's life. */
    public enum State {
        MAKING,
        READY,
        DELETING,
        /**
         * The snapshot should have been deleted, but its account refuses the credential permanently. It stays at the backend, and deleting
         * it is not tried again.
         */
        LEFT
    }
}
