package dev.sandboxer.lifecycle.state;

/** The reason for a transition. */
public enum Cause {
    /** The sandbox was requested; its first attempt is about to begin. */
    REQUESTED,
    /** An attempt was refused; the next one is about to begin. */
    NEXT_ATTEMPT,
    /** A backend has created the sandbox, and the sandbox accepts commands. */
    CREATED,
    /** Repair found that an interrupted creation had succeeded. */
    ADOPTED,
    /** The sandbox's start command runs, and its ready check has passed. */
    READY,
    /** A pause was requested; the backend is about to be called. */
    PAUSE_BEGUN,
    /** The backend has paused the sandbox. */
    PAUSED,
    /** A resumption was requested; the backend is about to be called. */
    RESUME_BEGUN,
    /** The backend has resumed the sandbox. */
    RESUMED,
    /** The backend refused to pause or resume the sandbox, so the sandbox is unchanged. */
    REVERTED,
    /** The sandbox's deadline was moved, later or earlier. */
    DEADLINE_MOVED,
    /** The sandbox's metadata was replaced. */
    RELABELLED,
    /** The sandbox's network rules were changed, or requested in another form. */
    NETWORK_ASKED,
    /** The end of the sandbox was requested; the backend is about to be called. */
    END_BEGUN,
    /** The sandbox has ended, see its {@link EndReason} and {@code endedAt}. */
    ENDED
}
