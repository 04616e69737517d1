package dev.sandboxer.extension;

import java.util.List;

/** The processes of a sandbox that were started through us. */
public interface Processes {
    /** Starts a process; returns when it runs its own program. */
    RunningProcess start(ProcessSpec spec);

    /**
     * Attaches to a process for its output from now on and its exit. A process that has just ended (30 s at least for
     * backends that can remember) reports its exit at once.
     */
    RunningProcess attach(ProcessSelector selector);

    List<ProcessInfo> list();

    /**
     * @param wholeGroup whether the process group gets it, or the process alone
     */
    void signal(ProcessSelector selector, Signal signal, boolean wholeGroup);

    /** Writes to the standard input (or terminal) of a process; returns when the sandbox has taken all of it. */
    void writeInput(ProcessSelector selector, byte[] bytes);

    void closeInput(ProcessSelector selector);

    void resize(ProcessSelector selector, PtySize size);
}
