package dev.sandboxer.cli;

import dev.sandboxer.error.SandboxException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "destroy",
        aliases = {"rm", "teardown"},
        description = "End sandboxes, whatever they are doing.")
@SuppressWarnings("NullAway.Init")
final class DestroyCommand extends SandboxCommand {
    @Spec
    CommandSpec spec;

    @Parameters(arity = "0..*", paramLabel = "SANDBOX", description = "Ids, or beginnings of them.")
    List<String> ids = List.of();

    @Option(names = "--all", description = "All of the consumer's.")
    boolean all;

    @Override
    public Integer call() {
        if (all == !ids.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "name sandboxes, or say --all");
        }
        var sandboxes = sandboxer().sandboxes();
        var wanted = all
                ? sandboxes.list(consumer(), false).stream()
                        .map(sandbox -> sandbox.id().value())
                        .toList()
                : ids;
        // one that can't be ended must not keep the others alive
        var failures = new ArrayList<SandboxException>();
        for (String id : wanted) {
            try {
                console.print(sandboxes.destroy(sandbox(id)).id().value());
            } catch (SandboxException e) {
                console.note(e.getMessage() + " [" + e.code().code() + "]");
                failures.add(e);
            }
        }
        return failures.isEmpty() ? 0 : Failures.STATUS;
    }
}
