package dev.sandboxer.cli;

import dev.sandboxer.Sandboxer;
import java.util.function.Supplier;

/** What commands have that act on sandboxes which are there already: whose they are. */
abstract class SandboxCommand extends SandboxerCommand {
    private final Supplier<String> consumer =
            syntax.option("--consumer", "NAME", "Whose sandbox (default: ${DEFAULT-VALUE}).", Sandboxer.LOCAL_CONSUMER);

    SandboxCommand(Context context, String about) {
        super(context, about);
    }

    /**
     * Who was meant.
     *
     * @throws dev.sandboxer.error.SandboxException {@code UNKNOWN_CONSUMER}
     */
    @Override
    String consumer() {
        return sandboxer().consumers().get(consumer.get()).id();
    }
}
