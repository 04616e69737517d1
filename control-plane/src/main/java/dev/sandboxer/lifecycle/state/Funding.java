package dev.sandboxer.lifecycle.state;

import java.time.Instant;

/** For how long consumers can pay for their sandboxes. */
public interface Funding {
    /** Everybody can pay for everything. */
    Funding UNLIMITED = (sandbox, from, wanted) -> wanted;

    /**
     * Until when a sandbox can be paid for, from a moment on.
     *
     * @param from now
     * @param wanted not before {@code from}
     * @return at most {@code wanted}
     */
    Instant until(Sandbox sandbox, Instant from, Instant wanted);
}
