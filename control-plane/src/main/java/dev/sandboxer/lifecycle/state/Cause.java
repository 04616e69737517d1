package dev.sandboxer.lifecycle.state;

/** The reason for a transition. */
public enum Cause {
    /** The sandbox was requested; its first attempt is about to begin. */
    REQUESTED,
    /** An attempt was refused; the next one is about to begin. */
    NEXT_ATTEMPT,
    /** A backend has created it, and it accepts commands. */
    CREATED,
    /** Repair found that an interrupted creation had succeeded. */
    ADOPTED,
    /** Its start command runs, and its ready check has passed. */
    READY,
    /** A pause was requested; the backend is about to be called. */
    PAUSE_BEGUN,
    /** The backend has paused it. */
    PAUSED,
    /** A resumption was requested; the backend is about to be called. */
    RESUME_BEGUN,
    /** The backend has resumed it. */
    RESUMED,
    /** The backend refused to pause or resume it; it is as before. */
    REVERTED,
    /** Its deadline was moved, later or earlier. */
    DEADLINE_MOVED,
    /** Its metadata was replaced. */
    RELABELLED,
    /** Its network rules were changed, or requested in another form. */
    NETWORK_ASKED,
    /** Its end was requested; the backend is about to be called. */
    END_BEGUN,
    /** It has ended, see its {@link EndReason} and {@code endedAt}. */
    ENDED
}
