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
     * @throws OperationException {@code COMMAND_NOT_FOUND}, {@code NOT_EXECUTABLE}, {@code CWD_MISSING}, {@code UNKNOWN_USER} or
     *     {@code LIMIT}; nothing was started then
     */
    RunningProcess start(ProcessSpec spec);

    /**
     * Attaches to a process, for its output from now on and its exit. One that has just ended reports its exit at once; backends
     * that can remember do so for at least 30 s.
     */
    RunningProcess attach(ProcessSelector selector);

    /** Lists the processes that run, in no order. */
    List<ProcessInfo> list();

    /**
     * Sends a signal.
     *
     * @param wholeGroup whether the process's group gets it, or the process alone
     */
    void signal(ProcessSelector selector, Signal signal, boolean wholeGroup);

    /**
     * Writes to the standard input, or the terminal, of a process. Returns when the sandbox has taken all of it.
     *
     * @throws OperationException {@code STDIN_CLOSED} when it has no input, or its input has ended
     */
    void writeInput(ProcessSelector selector, byte[] bytes);

    /** Ends the standard input of a process. */
    void closeInput(ProcessSelector selector);

    /** Sets the size of a process's terminal. */
    void resize(ProcessSelector selector, PtySize size);
}
