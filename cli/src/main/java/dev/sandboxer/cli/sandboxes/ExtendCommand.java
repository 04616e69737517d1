package dev.sandboxer.cli.sandboxes;

import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.ExistingSandboxCommand;
import dev.sandboxer.cli.sandboxes.create.CreditText;
import dev.sandboxer.config.units.Durations;
import java.time.Duration;
import java.util.function.Supplier;

public final class ExtendCommand extends ExistingSandboxCommand {
    private final Supplier<String> id = syntax.argument("SANDBOX", "Name, id or id prefix.");
    private final Supplier<Duration> ttl =
            syntax.argument("TIME", "Time to live from now, e.g. 30m.", Durations::parse);

    public ExtendCommand(Context context) {
        super(context, "Set how long a sandbox lives from now: longer or shorter.");
    }

    @Override
    public Integer call() {
        var sandbox = sandbox(id.get());
        var profile = sandboxer().profiles().get(sandbox.profile());
        var moved = sandboxer().sandboxes().extend(sandbox, ttl.get(), profile);
        console.print(moved.id() + " ends at " + moved.deadline());
        CreditText.of(moved, ttl.get()).ifPresent(console::note);
        return 0;
    }
}
