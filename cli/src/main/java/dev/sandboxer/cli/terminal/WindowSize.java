package dev.sandboxer.cli.terminal;

import dev.sandboxer.extension.RunningProcess;
import org.jline.utils.Signals;

/** Passes on how large our window is. */
public final class WindowSize {
    private WindowSize() {}

    public static void follow(RunningProcess process) {
        Signals.register("WINCH", () -> process.resize(Terminal.size()));
    }
}
