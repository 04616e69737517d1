package dev.sandboxer.cli;

import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

@Command(name = "extend", description = "Give a sandbox more (or less) time, counted from now.")
final class ExtendCommand extends SandboxCommand {
    @Parameters(index = "0", paramLabel = "SANDBOX", description = "Its id, or the beginning of it.")
    String id = "";

    @Parameters(index = "1", paramLabel = "TIME", converter = Units.Time.class, description = "From now, e.g. 30m.")
    Duration ttl = Duration.ZERO;

    @Override
    public Integer call() {
        var sandbox = sandbox(id);
        var profile = sandboxer().profiles().get(sandbox.profile());
        var moved = sandboxer().sandboxes().extend(sandbox, ttl, profile);
        console.print(moved.id() + " ends at " + moved.deadline());
        return 0;
    }
}
