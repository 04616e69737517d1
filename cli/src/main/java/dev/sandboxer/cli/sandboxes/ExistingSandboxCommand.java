package dev.sandboxer.cli.sandboxes;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import java.util.function.Supplier;

/** A command on sandboxes that exist already; says whose they are. */
public abstract class ExistingSandboxCommand extends Command {
    private final Supplier<String> consumer =
            syntax.option("--consumer", "NAME", "Whose sandbox (default: ${DEFAULT-VALUE}).", Sandboxer.LOCAL_CONSUMER);

    protected ExistingSandboxCommand(Context context, String about) {
        super(context, about);
    }

    /**
     * The consumer of the option {@code --consumer}.
     *
     * @throws dev.sandboxer.error.SandboxException {@code UNKNOWN_CONSUMER}
     */
    @Override
    protected String consumer() {
        return sandboxer().consumers().get(consumer.get()).id();
    }
}
