package dev.sandboxer.lifecycle.state;

import dev.sandboxer.observe.ProcessIdentity;
import org.jspecify.annotations.Nullable;

/**
 * A worker that changes sandboxes: one open installation in one process.
 *
 * @param identity identifies it in rows
 * @param host its host, since some sandboxes can be reached from one host only; null = there is only one host
 */
public record Worker(ProcessIdentity identity, @Nullable String host) {
    /** Returns true if this worker can reach a sandbox or snapshot on a host; null = any host can. */
    public boolean reaches(@Nullable String place) {
        return place == null || place.equals(host);
    }
}
