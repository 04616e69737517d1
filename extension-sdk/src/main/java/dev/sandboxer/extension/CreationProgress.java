package dev.sandboxer.extension;

/**
 * How far the creation of a sandbox is.
 *
 * @param stage what the backend is doing
 * @param text one line for people, in {@link Stage#BUILDING} one of the log of the image's build. What comes from a build may hold
 *     control characters, so that it is not for a terminal as it is. Longer than {@value #LONGEST_TEXT} characters it is cut, and
 *     line breaks become spaces.
 */
public record CreationProgress(Stage stage, String text) {
    public static final int LONGEST_TEXT = 4096;

    /** What the backend is doing; a backend may leave any of them out. */
    public enum Stage {
        /** It waits for room, such as a free GPU. */
        QUEUED,
        /** It makes the image that the sandbox starts from. */
        BUILDING,
        /** It starts the sandbox. */
        STARTING
    }

    /** Shortens the text, and makes one line of it. */
    public CreationProgress {
        text = text.length() > LONGEST_TEXT ? text.substring(0, LONGEST_TEXT) : text;
        text = text.replaceAll("\\R", " ");
    }
}
