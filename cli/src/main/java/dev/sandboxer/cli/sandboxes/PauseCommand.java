package dev.sandboxer.cli.sandboxes;

import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.ExistingSandboxCommand;
import java.util.List;
import java.util.function.Supplier;

public final class PauseCommand extends ExistingSandboxCommand {
    private final Supplier<List<String>> ids = syntax.arguments("SANDBOX", "Names, ids or id prefixes.");

    public PauseCommand(Context context) {
        super(context, "Pause sandboxes until they are resumed. Their memory is kept.");
    }

    @Override
    public Integer call() {
        return each(
                ids.get(),
                sandbox -> sandboxer().sandboxes().pause(sandbox).id().value());
    }
}
