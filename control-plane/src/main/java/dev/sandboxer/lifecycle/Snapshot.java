package dev.sandboxer.lifecycle;

import dev.sandboxer.credentials.CredentialId;
import dev.sandboxer.extension.ExtensionId;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.observe.ProcessIdentity;
import dev.sandboxer.profiles.ProfileName;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The kept disk of a sandbox, from which others can be started.
 *
 * @param name the consumer's own name for it
 * @param sandbox whose disk it is
 * @param profile what sandboxes from it are otherwise like
 * @param extension whose backend has it
 * @param credential the account there; null = there is but one
 * @param template what it is called there, once it is there
 * @param diskMiB size of the disk, once it is there
 * @param host from where alone it can be reached; null = from anywhere
 * @param actor the worker that last began something with it
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
        ProcessIdentity actor) {
    /** Where it is in its life. */
    public enum State {
        MAKING,
        READY,
        DELETING,
        /** It was to be deleted, and its account is out of reach for good: nobody looks after it here any more. */
        LEFT
    }
}
