package dev.sandboxer.extension;

/**
 * A step in the creation of a sandbox.
 *
 * @param stage what the backend is doing
 * @param text one line for people; in {@link Stage#BUILDING} a line of the image's build log. It may hold control characters: escape them
 *     before printing it to a terminal. Cut at {@value #MAX_TEXT_LENGTH} characters; line breaks become spaces
 */
public record CreationProgress(Stage stage, String text) {
    /** The length in characters at which a text is cut. */
    public static final int MAX_TEXT_LENGTH = 4096;

    /** The stages of a creation, in order. A backend may leave out any of them. */
    public enum Stage {
        /** The backend waits for capacity, such as a free GPU. */
        QUEUED,
        /** The backend builds the image that the sandbox starts from. */
        BUILDING,
        /** The backend starts the sandbox. */
        STARTING
    }

    /** Cuts the text and replaces its line breaks by spaces. */
    public CreationProgress {
        text = text.length() > MAX_TEXT_LENGTH ? text.substring(0, MAX_TEXT_LENGTH) : text;
        text = text.replaceAll("\\R", " ");
    }
}
