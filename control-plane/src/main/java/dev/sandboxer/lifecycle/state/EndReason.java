package dev.sandboxer.lifecycle.state;

import java.util.Locale;

/** The reason for the end of a sandbox. */
public enum EndReason {
    /** Its end was requested. */
    KILLED,
    /** The command it was created for has ended. */
    COMPLETED,
    /** Its deadline passed. */
    EXPIRED,
    /** It was unused for its idle timeout. */
    IDLE,
    /** Its consumer's credit ran out. */
    BUDGET,
    /** Its backend no longer has it, for an unknown reason. */
    LOST,
    /** The process that held it is gone. */
    ABANDONED,
    /** It could not be created, or did not become ready. */
    FAILED;

    /** Returns the reason as users see it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
