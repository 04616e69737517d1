package dev.sandboxer.cli.sandboxes;

import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.ExistingSandboxCommand;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

public final class SnapshotCommand extends ExistingSandboxCommand {
    private final Supplier<@Nullable String> name =
            syntax.option("--name", "NAME", "Name of the snapshot. Among equal names, the newest is used.");
    private final Supplier<String> id = syntax.argument("SANDBOX", "Name, id or id prefix.");

    public SnapshotCommand(Context context) {
        super(context, "Take a snapshot of a sandbox's disk, for create --snapshot. Prints its id.");
    }

    @Override
    public Integer call() {
        console.print(sandboxer()
                .sandboxes()
                .snapshots()
                .make(sandbox(id.get()), name.get())
                .id());
        return 0;
    }
}
