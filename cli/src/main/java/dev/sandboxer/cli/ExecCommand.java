package dev.sandboxer.cli;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(
        name = "exec",
        description = "Run a command in a sandbox.",
        footer = "%nExit code: the command's own; 125 when sand-boxer failed, 127 no such command, 126 not executable.")
final class ExecCommand extends SandboxCommand {
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
            throw new SandboxException(ErrorCode.INVALID_ARGUMENT, "a command is missing");
        }
        return sandboxer().sandboxes().use(sandbox(id), session -> new Attached(console, options).run(session, words));
    }
}
