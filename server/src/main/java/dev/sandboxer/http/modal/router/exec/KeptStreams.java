package dev.sandboxer.http.modal.router.exec;

/**
 * Says which output streams of a command are kept.
 *
 * @param stdout true if standard output is kept; false if it is discarded
 * @param stderr the destination of standard error
 */
public record KeptStreams(boolean stdout, Stderr stderr) {
    /** The destination of standard error. */
    public enum Stderr {
        DISCARDED,
        KEPT,
        TO_STDOUT
    }

    public static final KeptStreams BOTH = new KeptStreams(true, Stderr.KEPT);
}
