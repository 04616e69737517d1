package dev.sandboxer.lifecycle.state;

/** What led to a transition. */
public enum Cause {
    /** Somebody asked for the sandbox; the first attempt to make it is about to begin. */
    REQUESTED,
    /** An attempt was refused; the next one is about to begin. */
    NEXT_ATTEMPT,
    /** A backend made it, and it accepts commands. */
    CREATED,
    /** A creation whose maker died was found to have succeeded. */
    ADOPTED,
    /** It shall pause; the backend has yet to be told. */
    PAUSE_BEGUN,
    /** The backend has paused it. */
    PAUSED,
    /** It shall go on; the backend has yet to be told. */
    RESUME_BEGUN,
    /** The backend has let it go on. */
    RESUMED,
    /** The backend refused to pause or resume it; it is as it was. */
    REVERTED,
    /** Its deadline was moved, later or earlier. */
    DEADLINE_MOVED,
    /** Its metadata was replaced. */
    RELABELLED,
    /** It shall end; the backend has yet to be told. */
    END_BEGUN,
    /** It has ended; the reason says why, {@code endedAt} when. */
    ENDED
}
