package dev.sandboxer.cli.sandboxes;

import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.ExistingSandboxCommand;
import java.util.List;
import java.util.function.Supplier;

public final class DestroyCommand extends ExistingSandboxCommand {
    private final Supplier<List<String>> ids = syntax.anyArguments("SANDBOX", "Names, ids or id prefixes.");
    private final Supplier<Boolean> all = syntax.flag("--all", "Destroy all sandboxes of the consumer.");

    public DestroyCommand(Context context) {
        super(context, "Destroy sandboxes, even if commands run in them.");
    }

    @Override
    public Integer call() {
        if (all.get() == !ids.get().isEmpty()) {
            throw syntax.usageError("name sandboxes, or add --all");
        }
        var sandboxes = sandboxer().sandboxes();
        var wanted = all.get()
                ? sandboxes.list(consumer(), false).stream()
                        .map(sandbox -> sandbox.id().value())
                        .toList()
                : ids.get();
        return each(wanted, sandbox -> sandboxes.destroy(sandbox).id().value());
    }
}
