package dev.sandboxer.lifecycle.state;

import java.util.Locale;

/** Why a sandbox ended. */
public enum EndReason {
    /** Somebody asked for it. */
    KILLED,
    /** Its deadline passed. */
    EXPIRED,
    /** Its credit ran out. */
    BUDGET,
    /** Its backend no longer has it, and nobody knows why. */
    LOST,
    /** The process it was made for is gone. */
    ABANDONED,
    /** It could not be made. */
    FAILED;

    /** As users see it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
