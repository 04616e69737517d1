package dev.sandboxer.lifecycle.state;

import java.util.Locale;

/** The reason for the end of a sandbox. */
public enum EndReason {
    /** The end of the sandbox was requested. */
    KILLED,
    /** The command that the sandbox was created for has ended. */
    COMPLETED,
    /** The sandbox's deadline passed. */
    EXPIRED,
    /** The sandbox was unused for the length of its idle timeout. */
    IDLE,
    /** The consumer's credit ran out. */
    BUDGET,
    /** The backend no longer has the sandbox, for an unknown reason. */
    LOST,
    /** The process that held the sandbox is gone. */
    ABANDONED,
    /** The sandbox could not be created, or did not become ready. */
    FAILED;

    /** Returns the reason as users see it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
