package dev.sandboxer.extension;

import dev.sandboxer.extension.spec.SandboxSize;
import java.time.Instant;

/**
 * A sandbox as its backend reports it.
 *
 * @param ref how to refer to it from now on
 * @param tag the tag it was created with
 * @param size what it really got, which may differ from what was asked for
 * @param createdAt when it was ready
 * @param deadline when the backend will end it; of a paused one when it may be thrown away
 * @param paused whether it is paused; see {@link Pausing}
 */
public record BackendSandbox(
        BackendRef ref, SandboxTag tag, SandboxSize size, Instant createdAt, Instant deadline, boolean paused) {}
