package dev.sandboxer.extension.session;

import java.util.List;

/**
 * The processes of a sandbox that were started through the backend. Their children and other processes are not included. Thread-safe.
 *
 * <p>A method that takes a selector fails with {@code PROCESS_NOT_FOUND} when no process matches. When several processes have the same tag,
 * running processes take precedence over ended ones.
 */
public interface Processes {
    /**
     * Starts a process and returns once it executes its program.
     *
     * @param spec the process to start
     * @return the process, with the caller attached to it; the caller closes it
     * @throws OperationException {@code COMMAND_NOT_FOUND}, {@code NOT_EXECUTABLE}, {@code CWD_MISSING}, {@code UNKNOWN_USER} or
     *     {@code LIMIT}; then nothing was started
     */
    RunningProcess start(ProcessSpec spec);

    /**
     * Attaches to a process: the caller receives its output from now on, and its exit. Attaching to a process that has just ended returns
     * its exit at once; backends that can remember exits do so for at least 30 s.
     *
     * @param selector the process
     * @return the process, which the caller closes
     */
    RunningProcess attach(ProcessSelector selector);

    /**
     * Lists the running processes, in no order.
     *
     * @return the running processes
     */
    List<ProcessInfo> list();

    /**
     * Sends a signal.
     *
     * @param selector the process
     * @param signal the signal
     * @param wholeGroup true = to the process's whole group, false = to the process alone
     */
    void signal(ProcessSelector selector, Signal signal, boolean wholeGroup);

    /**
     * Writes to the standard input or the terminal of a process. Returns once the sandbox has accepted all bytes.
     *
     * @param selector the process
     * @param bytes what to write
     * @throws OperationException {@code STDIN_CLOSED} when the process has no input, or its input has ended
     */
    void writeInput(ProcessSelector selector, byte[] bytes);

    /**
     * Ends the standard input of a process.
     *
     * @param selector the process
     */
    void closeInput(ProcessSelector selector);

    /**
     * Sets the size of a process's terminal.
     *
     * @param selector the process
     * @param size columns and rows
     */
    void resize(ProcessSelector selector, PtySize size);
}
