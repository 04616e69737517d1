package dev.sandboxer.extension.support;

import dev.sandboxer.extension.session.PtySize;

/** Sets the size of a terminal by running a second command. Needs {@code /bin/sh}, {@code /proc} and {@code stty} inside the sandbox. */
record ExecTerminals(Exec exec) {
    private static final int NO_PROCESS = 3;

    /** Sets the size of a process's terminal. Returns false when the process doesn't exist or has no terminal. */
    boolean resize(int pid, PtySize size) {
        var done = new Shell(exec)
                .run(
                        Scripts.RESIZE,
                        Integer.toString(pid),
                        Integer.toString(size.rows()),
                        Integer.toString(size.columns()));
        if (done.status() == NO_PROCESS) {
            return false;
        }
        done.check("setting the size of a terminal");
        return true;
    }
}
