package dev.sandboxer.cli.terminal;

import dev.sandboxer.extension.session.RunningProcess;
import org.jline.utils.Signals;

/** Passes changes of the terminal's size on to a process in a sandbox. */
public final class WindowSize {
    private WindowSize() {}

    public static void follow(RunningProcess process) {
        Signals.register("WINCH", () -> process.resize(Terminal.size()));
    }
}
