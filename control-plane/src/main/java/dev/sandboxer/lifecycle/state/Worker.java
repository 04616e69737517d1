package dev.sandboxer.lifecycle.state;

import dev.sandboxer.observe.ProcessIdentity;
import org.jspecify.annotations.Nullable;

/**
 * Who works on sandboxes: an open installation in one process.
 *
 * @param identity names it in the rows it works on
 * @param host where it runs, for sandboxes that can be reached from there alone; null = there is one host only
 */
public record Worker(ProcessIdentity identity, @Nullable String host) {
    /** Returns true if a sandbox, or what is kept of it, can be reached from here. */
    public boolean reaches(@Nullable String place) {
        return place == null || place.equals(host);
    }
}
