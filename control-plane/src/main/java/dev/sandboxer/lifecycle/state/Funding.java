package dev.sandboxer.lifecycle.state;

import java.time.Instant;
import java.util.Collection;
import java.util.List;

/** Tells how long consumers can pay for their sandboxes. */
public interface Funding {
    /** Every consumer can pay for everything. */
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
     * Reads from the backends the usage that only they know: network traffic. Called every few seconds, after a pause, and before a sandbox
     * is destroyed. Never fails: the last reading stays in force.
     */
    default void read(Collection<Sandbox> sandboxes) {}

    /** Returns those of some running sandboxes whose traffic costs more than their consumers can pay. It can't be foreseen. */
    default Collection<Sandbox> overdrawn(Collection<Sandbox> running) {
        return List.of();
    }
}
