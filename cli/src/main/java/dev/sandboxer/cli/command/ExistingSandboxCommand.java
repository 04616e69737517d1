package dev.sandboxer.cli.command;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxQuery;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.names.SandboxNames;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** A command with the option {@code --consumer}, on sandboxes that exist already. */
public abstract class ExistingSandboxCommand extends Command {
    private static final Set<SandboxState> LIVE = EnumSet.of(SandboxState.RUNNING, SandboxState.PAUSED);

    private final Supplier<String> consumer = syntax.option(
            "--consumer", "NAME", "The consumer to act for (default: ${DEFAULT-VALUE}).", Sandboxer.LOCAL_CONSUMER);

    protected ExistingSandboxCommand(Context context, String about) {
        super(context, about);
    }

    /**
     * Returns the consumer of the option {@code --consumer}.
     *
     * @throws dev.sandboxer.error.SandboxException {@code UNKNOWN_CONSUMER}
     */
    @Override
    protected String consumer() {
        return sandboxer().consumers().get(consumer.get()).id();
    }

    /** Returns the live sandbox of that name; if there is none, the sandbox with that id or id prefix. */
    @Override
    protected Sandbox sandbox(String nameOrId) {
        var named = new SandboxQuery(consumer(), LIVE, Map.of(SandboxNames.NAME, nameOrId), null, null, true, null, 1);
        return sandboxer().sandboxes().list(named).stream().findFirst().orElseGet(() -> super.sandbox(nameOrId));
    }

    /** Calls a function for each sandbox and prints the results. A failure is printed too; the others are still processed. */
    protected int each(List<String> ids, Function<Sandbox, String> work) {
        var status = 0;
        for (String id : ids) {
            try {
                console.print(work.apply(sandbox(id)));
            } catch (SandboxException e) {
                console.note(e.getMessage() + " [" + e.code().code() + "]");
                status = ExitStatus.FAILURE;
            }
        }
        return status;
    }
}
