package dev.sandboxer.http.modal.router.exec;

/**
 * Which streams of a command are kept.
 *
 * @param stdout whether standard output is
 * @param stderr where standard error goes
 */
public record Streams(boolean stdout, Stderr stderr) {
    /** Where standard error goes. */
    public enum Stderr {
        NOWHERE,
        KEPT,
        TO_STDOUT
    }

    public static final Streams BOTH = new Streams(true, Stderr.KEPT);
}
