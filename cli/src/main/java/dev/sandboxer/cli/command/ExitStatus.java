package dev.sandboxer.cli.command;

/** Exit codes of our own; {@code run} and {@code exec} also end with those of the command inside. */
public final class ExitStatus {
    /** The command line is wrong. */
    public static final int USAGE = 2;

    /** sand-boxer failed. */
    public static final int FAILURE = 125;

    /** Nobody reads the output any more: 128 + SIGPIPE, as other programs end. */
    static final int BROKEN_PIPE = 141;

    private ExitStatus() {}
}
