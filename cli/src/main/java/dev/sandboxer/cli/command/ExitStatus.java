package dev.sandboxer.cli.command;

/** Exit codes of sand-boxer itself. {@code run} and {@code exec} also exit with the code of the command in the sandbox. */
public final class ExitStatus {
    /** The command line is wrong. */
    public static final int USAGE = 2;

    /** sand-boxer failed. */
    public static final int FAILURE = 125;

    /** The output has no reader any more: 128 + SIGPIPE, as with other programs. */
    static final int BROKEN_PIPE = 141;

    private ExitStatus() {}
}
