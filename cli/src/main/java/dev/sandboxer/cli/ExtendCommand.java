package dev.sandboxer.cli;

import dev.sandboxer.config.Durations;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "extend", description = "Give a sandbox more (or less) time, counted from now.")
final class ExtendCommand extends SandboxCommand {
    @Parameters(index = "0", paramLabel = "SANDBOX", description = "Its id, or the beginning of it.")
    String id = "";

    @Parameters(index = "1", paramLabel = "TIME", description = "From now, e.g. 30m.")
    String ttl = "";

    @Override
    public Integer call() {
        var time = Durations.parse(ttl);
        var sandbox = sandbox(id);
        var profile = sandboxer().profiles().get(sandbox.profile());
        var moved = sandboxer().sandboxes().extend(sandbox, time, profile);
        console.print(moved.id() + " ends at " + moved.deadline());
        return 0;
    }
}
