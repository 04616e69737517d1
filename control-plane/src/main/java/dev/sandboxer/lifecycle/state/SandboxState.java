package dev.sandboxer.lifecycle.state;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;

/** The state of a sandbox. */
public enum SandboxState {
    /** Requested; a backend has been or is about to be called. */
    PROVISIONING,
    RUNNING,
    PAUSED,
    /** The end of the sandbox has begun. */
    STOPPING,
    /** Ended after it had run. */
    STOPPED,
    /** Ended without ever running. */
    FAILED;

    /** Returns the states that may follow this one. */
    public Set<SandboxState> next() {
        return switch (this) {
            case PROVISIONING -> EnumSet.of(RUNNING, STOPPING, FAILED);
            case RUNNING -> EnumSet.of(PAUSED, STOPPING, STOPPED);
            case PAUSED -> EnumSet.of(RUNNING, STOPPING, STOPPED);
            case STOPPING -> EnumSet.of(STOPPED, FAILED);
            case STOPPED, FAILED -> EnumSet.noneOf(SandboxState.class);
        };
    }

    /**
     * Returns the next state.
     *
     * @throws IllegalStateException when the next state may not follow this one
     */
    SandboxState to(SandboxState next) {
        if (!next().contains(next)) {
            throw new IllegalStateException("a sandbox can't go from " + this + " to " + next);
        }
        return next;
    }

    /** Returns true if no state can follow. */
    public boolean ended() {
        return next().isEmpty();
    }

    /** Returns the state as users see it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
