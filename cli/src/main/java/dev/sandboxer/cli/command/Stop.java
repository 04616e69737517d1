package dev.sandboxer.cli.command;

import java.io.IOException;
import java.util.Set;

/** Stops this process, as Ctrl-Z does, until it gets SIGCONT. */
final class Stop {
    private Stop() {}

    static void self() {
        try {
            var builder = new ProcessBuilder(
                    "kill", "-STOP", Long.toString(ProcessHandle.current().pid()));
            builder.environment().keySet().retainAll(Set.of("PATH")); // keeps secrets from it
            builder.start();
        } catch (IOException e) {
            // without a kill command this process keeps running
        }
    }
}
