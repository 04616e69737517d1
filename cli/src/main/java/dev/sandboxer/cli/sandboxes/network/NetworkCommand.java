package dev.sandboxer.cli.sandboxes.network;

import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.ExistingSandboxCommand;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.lifecycle.terms.RequestedRules;
import java.util.function.Supplier;

public final class NetworkCommand extends ExistingSandboxCommand {
    private final Supplier<String> id = syntax.argument("SANDBOX", "Name, id or id prefix.");
    private final NetworkOptions wanted = new NetworkOptions(syntax);
    private final Supplier<Boolean> json = syntax.flag("--json", "Print JSON.");

    public NetworkCommand(Context context) {
        super(context, "Show what a sandbox may connect to, or change it while it runs.");
    }

    @Override
    public Integer call() {
        var sandbox = sandbox(id.get());
        var rules = wanted.get();
        var now = rules == null
                ? sandbox
                : sandboxer()
                        .sandboxes()
                        .updateNetwork(
                                sandbox,
                                rules.byDefault(),
                                RequestedRules.of(rules).orNull(),
                                NetworkView.ofProfile(sandboxer(), sandbox));
        var view = NetworkView.of(sandboxer(), now);
        console.print(json.get() ? JsonOutput.text(view) : view.text());
        return 0;
    }
}
