package dev.sandboxer.cli.sandboxes;

import dev.sandboxer.cli.command.Context;
import dev.sandboxer.config.Durations;
import java.time.Duration;
import java.util.function.Supplier;

public final class ExtendCommand extends ExistingSandboxCommand {
    private final Supplier<String> id = syntax.argument("SANDBOX", "Its id, or the beginning of it.");
    private final Supplier<Duration> ttl = syntax.argument("TIME", "From now, e.g. 30m.", Durations::parse);

    public ExtendCommand(Context context) {
        super(context, "Give a sandbox more (or less) time, counted from now.");
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
