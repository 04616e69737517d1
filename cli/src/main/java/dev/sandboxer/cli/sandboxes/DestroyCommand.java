package dev.sandboxer.cli.sandboxes;

import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.ExitStatus;
import dev.sandboxer.error.SandboxException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

public final class DestroyCommand extends ExistingSandboxCommand {
    private final Supplier<List<String>> ids = syntax.anyArguments("SANDBOX", "Ids, or beginnings of them.");
    private final Supplier<Boolean> all = syntax.flag("--all", "All of the consumer's.");

    public DestroyCommand(Context context) {
        super(context, "End sandboxes, whatever they are doing.");
    }

    @Override
    public Integer call() {
        if (all.get() == !ids.get().isEmpty()) {
            throw syntax.usageError("name sandboxes, or say --all");
        }
        var sandboxes = sandboxer().sandboxes();
        var wanted = all.get()
                ? sandboxes.list(consumer(), false).stream()
                        .map(sandbox -> sandbox.id().value())
                        .toList()
                : ids.get();
        // a failure must not keep the others alive
        var failures = new ArrayList<SandboxException>();
        for (String id : wanted) {
            try {
                console.print(sandboxes.destroy(sandbox(id)).id().value());
            } catch (SandboxException e) {
                console.note(e.getMessage() + " [" + e.code().code() + "]");
                failures.add(e);
            }
        }
        return failures.isEmpty() ? 0 : ExitStatus.FAILURE;
    }
}
