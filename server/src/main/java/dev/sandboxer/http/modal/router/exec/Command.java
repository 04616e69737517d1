package dev.sandboxer.http.modal.router.exec;

import dev.sandboxer.error.SandboxException;

/** A command that behaves like a process: it reads an input, writes output, and ends with an exit status. */
public interface Command {
    /**
     * Runs the command to its end, on the calling thread.
     *
     * @param streams the command's input and output; {@link CommandStreams#started} reports its start
     * @throws SandboxException when the command can't be started; after its start, when the connection to it is lost
     * @throws InterruptedException when the calling thread is interrupted
     */
    ExitStatus run(CommandStreams streams) throws InterruptedException;

    /** Returns what clients read as standard output: by default, what the command has written. */
    default Output stdout(Output written) {
        return written;
    }
}
