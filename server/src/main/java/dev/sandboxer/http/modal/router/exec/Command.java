package dev.sandboxer.http.modal.router.exec;

import dev.sandboxer.error.SandboxException;

/** Something that runs like a process: reads an input, writes output, and ends with a status. */
public interface Command {
    /**
     * Runs to its end, on a thread of its own.
     *
     * @param streams tells them when it has begun, reads its input from them and writes its output to them
     * @throws SandboxException before it has begun: it can't be started; after that: it was lost
     * @throws InterruptedException when it is ended from outside
     */
    ExitStatus run(CommandStreams streams) throws InterruptedException;

    /** What clients read as its standard output, where that isn't what it writes. */
    default Output stdout(Output written) {
        return written;
    }
}
