package dev.sandboxer.extension;

/** Receives the progress of one creation. */
@FunctionalInterface
public interface ProgressListener {
    /** Ignores all events. */
    ProgressListener NONE = _ -> {};

    /**
     * Receives an event. May be called from any thread, and from several at once, but not after the creation has returned or failed. Must
     * return quickly and not throw.
     *
     * @param event the step that has begun or is continuing
     */
    void onProgress(CreationProgress event);
}
