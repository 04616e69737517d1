package dev.sandboxer.lifecycle.state;

import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** Tells how long consumers can pay for their sandboxes. */
public interface Funding {
    /** Funding with which every consumer can pay for everything. */
    Funding UNLIMITED = (sandbox, from, wanted) -> wanted;

    /**
     * Returns the time up to which the consumer can pay for a sandbox.
     *
     * @param from now
     * @param wanted the requested deadline; not before {@code from}
     * @return at most {@code wanted}
     */
    Instant affordableUntil(Sandbox sandbox, Instant from, Instant wanted);

    /**
     * Reads the network traffic of sandboxes from their backends. Called every few seconds, after a pause, and before a sandbox is
     * destroyed. Never fails: after an error the last reading stays valid.
     */
    default void read(Collection<Sandbox> sandboxes) {}

    /**
     * Returns those of the given sandboxes whose network traffic costs more than their consumers can pay. Traffic can't be known in
     * advance.
     */
    default Collection<Sandbox> overdrawn(Collection<Sandbox> running) {
        return List.of();
    }
}
