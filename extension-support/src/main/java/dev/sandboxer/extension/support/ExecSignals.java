package dev.sandboxer.extension.support;

import dev.sandboxer.extension.session.Signal;

/**
 * Sends signals by running a second command. Needs {@code /bin/sh} and {@code /proc} inside the sandbox.
 *
 * <p>The group of a process is the process group that it leads. If it leads none, its descendants count as its group.
 *
 * @param exec runs commands in the sandbox
 */
public record ExecSignals(Exec exec) {
    private static final int NO_PROCESS = 3;
    private static final String KILL_REST = "kill -s KILL -- \"-$1\" 2>/dev/null";

    /**
     * Sends a signal.
     *
     * @param pid the process id inside the sandbox
     * @param signal the signal
     * @param wholeGroup true = to the process's whole group, false = to the process alone
     * @return false when the process doesn't exist
     */
    public boolean send(int pid, Signal signal, boolean wholeGroup) {
        return send(pid, "", signal, wholeGroup);
    }

    /**
     * Sends a signal to a process, but not to a later process with the same pid.
     *
     * @param startTime when the process started, as in {@code /proc/PID/stat}; empty = unknown
     */
    boolean send(int pid, String startTime, Signal signal, boolean wholeGroup) {
        var whom = wholeGroup ? "group" : "alone";
        var done = new Shell(exec).run(Scripts.SIGNAL, signal.name(), Integer.toString(pid), whom, startTime);
        if (done.status() == NO_PROCESS) {
            return false;
        }
        done.check("sending " + signal);
        return true;
    }

    /**
     * Kills the remaining processes of a group whose leader has ended. Succeeds if there are none.
     *
     * @param leader process id of the group's leader
     */
    public void killGroup(int leader) {
        new Shell(exec).run(KILL_REST, Integer.toString(leader));
    }
}
