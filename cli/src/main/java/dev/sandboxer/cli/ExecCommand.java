package dev.sandboxer.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "exec",
        description = "Run a command in a sandbox.",
        footer = "%nExit code: the command's own; 125 when sand-boxer failed, 127 no such command, 126 not executable.")
@SuppressWarnings("NullAway.Init")
final class ExecCommand extends SandboxCommand {
    @Spec
    CommandSpec spec;

    @Mixin
    CommandOptions options = new CommandOptions();

    @Parameters(index = "0", paramLabel = "SANDBOX", description = "Its id, or the beginning of it.")
    String id = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "COMMAND", description = "The command and its arguments.")
    List<String> command = List.of();

    @Override
    public Integer call() {
        // `exec ID -- ls`: parsing stopped at the id, so the dashes are still there
        var words = command.getFirst().equals("--") ? command.subList(1, command.size()) : command;
        if (words.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "a command is missing");
        }
        return sandboxer().sandboxes().use(sandbox(id), session -> new Attached(console, options).run(session, words));
    }
}
