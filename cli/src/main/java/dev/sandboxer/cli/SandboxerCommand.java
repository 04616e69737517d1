package dev.sandboxer.cli;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.lifecycle.Sandbox;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;

/** What all commands have. The factory fills the fields before anything runs. */
@SuppressWarnings("NullAway.Init")
abstract class SandboxerCommand implements Callable<Integer> {
    Installation installation;
    Console console;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    /** The open installation; opened on first use. */
    Sandboxer sandboxer() {
        return installation.sandboxer();
    }

    /** Whose sandboxes it is about. */
    String consumer() {
        return Sandboxer.LOCAL_CONSUMER;
    }

    Sandbox sandbox(String idOrPrefix) {
        return sandboxer().sandboxes().get(consumer(), idOrPrefix);
    }
}
