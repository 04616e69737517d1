package dev.sandboxer.extension.support;

import dev.sandboxer.extension.session.PtySize;

/** Sizes of terminals, set by a second command. Needs {@code /bin/sh}, {@code /proc} and {@code stty} inside. */
record ExecTerminals(Exec exec) {
    private static final int NO_PROCESS = 3;

    /** Sets the size of the terminal that a process has. Returns false when there is no such process, or it has none. */
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
