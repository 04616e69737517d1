package dev.sandboxer.extension.session;

import java.util.List;

/**
 * The processes of a sandbox that were started through the backend. Others, such as children of those, are unknown here.
 *
 * <p>A method that takes a selector refuses with {@code PROCESS_NOT_FOUND} when no process matches. Where several have the same tag,
 * a running one is meant, not one that has ended.
 */
public interface Processes {
    /**
     * Starts a process; returns when it runs its own program.
     *
     * @param spec what to run, and how
     * @return the process, which the caller is attached to and closes
     * @throws OperationException {@code COMMAND_NOT_FOUND}, {@code NOT_EXECUTABLE}, {@code CWD_MISSING}, {@code UNKNOWN_USER} or
     *     {@code LIMIT}; nothing was started then
     */
    RunningProcess start(ProcessSpec spec);

    /**
     * Attaches to a process, for its output from now on and its exit. One that has just ended reports its exit at once; backends
     * that can remember do so for at least 30 s.
     *
     * @param selector which process
     * @return the process, to be closed by the caller
     */
    RunningProcess attach(ProcessSelector selector);

    /**
     * Lists the processes that run, in no order.
     *
     * @return the running processes
     */
    List<ProcessInfo> list();

    /**
     * Sends a signal.
     *
     * @param selector which process
     * @param signal which signal
     * @param wholeGroup whether the process's group gets it, or the process alone
     */
    void signal(ProcessSelector selector, Signal signal, boolean wholeGroup);

    /**
     * Writes to the standard input, or the terminal, of a process. Returns when the sandbox has taken all of it.
     *
     * @param selector which process
     * @param bytes what to write
     * @throws OperationException {@code STDIN_CLOSED} when it has no input, or its input has ended
     */
    void writeInput(ProcessSelector selector, byte[] bytes);

    /**
     * Ends the standard input of a process.
     *
     * @param selector which process
     */
    void closeInput(ProcessSelector selector);

    /**
     * Sets the size of a process's terminal.
     *
     * @param selector which process
     * @param size columns and rows
     */
    void resize(ProcessSelector selector, PtySize size);
}
