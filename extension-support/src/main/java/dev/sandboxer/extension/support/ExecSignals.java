package dev.sandboxer.extension.support;

import dev.sandboxer.extension.session.Signal;

/**
 * Signals to processes by a second command. Needs {@code /bin/sh} and {@code /proc} inside.
 *
 * <p>The group of a process that leads its process group is that group; of another, what descends from it.
 *
 * @param exec runs commands in the sandbox
 */
public record ExecSignals(Exec exec) {
    private static final int NO_PROCESS = 3;
    private static final String KILL_REST = "kill -s KILL -- \"-$1\" 2>/dev/null";

    /**
     * Sends a signal.
     *
     * @param pid of the process inside
     * @param signal which signal
     * @param wholeGroup whether its group gets it, or the process alone
     * @return false when there is no such process
     */
    public boolean send(int pid, Signal signal, boolean wholeGroup) {
        return send(pid, "", signal, wholeGroup);
    }

    /**
     * Sends a signal to the process that began then, not to another that got its pid later.
     *
     * @param began as in {@code /proc}; empty = not known
     */
    boolean send(int pid, String began, Signal signal, boolean wholeGroup) {
        var whom = wholeGroup ? "group" : "alone";
        var done = new Shell(exec).run(Scripts.SIGNAL, signal.name(), Integer.toString(pid), whom, began);
        if (done.status() == NO_PROCESS) {
            return false;
        }
        done.check("sending " + signal);
        return true;
    }

    /**
     * Kills what is left of a process group whose leader has ended; nothing is success.
     *
     * @param leader pid of the group's leader
     */
    public void killRest(int leader) {
        new Shell(exec).run(KILL_REST, Integer.toString(leader));
    }
}
