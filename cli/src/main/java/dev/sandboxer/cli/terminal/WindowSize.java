package dev.sandboxer.cli.terminal;

import dev.sandboxer.extension.session.RunningProcess;
import org.jline.utils.Signals;

/** Passes the size of our window on to a process inside. */
public final class WindowSize {
    private WindowSize() {}

    public static void follow(RunningProcess process) {
        Signals.register("WINCH", () -> process.resize(Terminal.size()));
    }
}
