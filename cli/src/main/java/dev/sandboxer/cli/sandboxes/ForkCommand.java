package dev.sandboxer.cli.sandboxes;

import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.ExistingSandboxCommand;
import dev.sandboxer.config.units.Durations;
import dev.sandboxer.lifecycle.CreateSandbox;
import dev.sandboxer.lifecycle.snapshots.Snapshot;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.names.SandboxNames;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

public final class ForkCommand extends ExistingSandboxCommand {
    private static final int MAX_COUNT = 100;

    private final Supplier<Integer> count =
            syntax.option("--count", "N", "Number of copies, 1 to 100 (default: 1).", "1", Integer::valueOf);
    private final Supplier<@Nullable Duration> ttl =
            syntax.option("--ttl", "TIME", "Maximum lifetime of each (default: the profile's).", Durations::parse);
    private final Supplier<String> id = syntax.argument("SANDBOX", "Name, id or id prefix.");

    public ForkCommand(Context context) {
        super(context, "Create sandboxes with copies of a sandbox's disk. Prints their ids.");
    }

    @Override
    public Integer call() {
        if (count.get() < 1 || count.get() > MAX_COUNT) {
            throw syntax.usageError("--count must be from 1 to " + MAX_COUNT);
        }
        var original = sandbox(id.get());
        var snapshots = sandboxer().sandboxes().snapshots();
        var variables = snapshots.variables(original);
        var snapshot = snapshots.make(original, null);
        try {
            for (int i = 0; i < count.get(); i++) {
                console.print(fork(original, variables, snapshot).id().value());
            }
        } finally {
            snapshots.delete(snapshot);
        }
        return 0;
    }

    /** Creates one copy. The copy does not get the original's name, because names are unique. */
    private Sandbox fork(Sandbox original, Map<String, String> variables, Snapshot snapshot) {
        var metadata = new HashMap<>(original.metadata());
        metadata.remove(SandboxNames.NAME);
        return sandboxer()
                .sandboxes()
                .create(CreateSandbox.of(
                                original.consumer(), sandboxer().profiles().get(original.profile()))
                        .size(original.size())
                        .ttl(ttl.get())
                        .env(variables)
                        .metadata(metadata)
                        .terms(original.terms())
                        .snapshot(snapshot)
                        .build());
    }
}
