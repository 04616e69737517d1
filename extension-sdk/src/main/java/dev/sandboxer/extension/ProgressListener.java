package dev.sandboxer.extension;

/** Is told how far the creation of a sandbox is. */
@FunctionalInterface
public interface ProgressListener {
    /** Wants to know nothing. */
    ProgressListener NONE = _ -> {};

    /**
     * Takes an event. May be called from any thread, from several at once, and only before the creation returns or fails. Returns
     * quickly and throws nothing.
     *
     * @param event what has happened
     */
    void onProgress(CreationProgress event);
}
