package dev.sandboxer.cli;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "create",
        aliases = "provision",
        description = "Make a sandbox that stays until its time is up. Prints its id.")
final class CreateCommand extends SandboxerCommand {
    @Mixin
    SandboxOptions sandbox = new SandboxOptions();

    @Option(
            names = {"-e", "--env"},
            paramLabel = "KEY=VALUE",
            description = "A variable for every command inside. Repeatable.")
    Map<String, String> env = Map.of();

    @Option(
            names = "--idempotency-key",
            paramLabel = "KEY",
            description = "The same key and request give the same sandbox, however often.")
    @Nullable String key;

    @Option(names = "--json", description = "Print the sandbox as JSON.")
    boolean json;

    @Override
    public Integer call() {
        var made = sandboxer().sandboxes().create(sandbox.request(sandboxer(), env, key, null));
        console.print(json ? Json.text(SandboxView.of(made)) : made.id().value());
        return 0;
    }
}
