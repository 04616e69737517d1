package dev.sandboxer.cli;

import dev.sandboxer.extension.RunningProcess;
import org.jline.utils.Signals;

/** Passes on how large our window is. */
final class WindowSize {
    private WindowSize() {}

    static void follow(RunningProcess process) {
        Signals.register("WINCH", () -> process.resize(Terminal.size()));
    }
}
