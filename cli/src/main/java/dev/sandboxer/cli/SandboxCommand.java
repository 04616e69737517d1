package dev.sandboxer.cli;

import dev.sandboxer.Sandboxer;
import picocli.CommandLine.Option;

/** What commands have that act on sandboxes which are there already: whose they are. */
abstract class SandboxCommand extends SandboxerCommand {
    @Option(
            names = "--consumer",
            paramLabel = "NAME",
            defaultValue = Sandboxer.LOCAL_CONSUMER,
            description = "Whose sandbox (default: ${DEFAULT-VALUE}).")
    String consumer = "";

    /**
     * Who was meant.
     *
     * @throws dev.sandboxer.error.SandboxException {@code UNKNOWN_CONSUMER}
     */
    @Override
    String consumer() {
        return sandboxer().consumers().get(consumer).id();
    }
}
