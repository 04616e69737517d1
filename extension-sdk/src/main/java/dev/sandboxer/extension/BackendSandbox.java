package dev.sandboxer.extension;

import dev.sandboxer.extension.feature.Pausing;
import dev.sandboxer.extension.spec.SandboxSize;
import java.time.Instant;

/**
 * A sandbox as its backend reports it.
 *
 * @param ref the id to pass to the methods of {@link Backend}
 * @param tag the tag that it was created with
 * @param size the actual size, which may differ from the size in its spec
 * @param createdAt when it became ready for commands
 * @param deadline when the backend ends it; for a paused sandbox, when the backend may delete it
 * @param paused whether it is paused; see {@link Pausing}
 */
public record BackendSandbox(
        BackendRef ref, SandboxTag tag, SandboxSize size, Instant createdAt, Instant deadline, boolean paused) {}
