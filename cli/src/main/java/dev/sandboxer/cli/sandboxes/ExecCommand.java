package dev.sandboxer.cli.sandboxes;

import dev.sandboxer.cli.command.Context;
import java.util.List;
import java.util.function.Supplier;

public final class ExecCommand extends ExistingSandboxCommand {
    private final ProcessOptions options = new ProcessOptions(syntax, installation.environment());
    private final Supplier<String> id = syntax.argument("SANDBOX", "Its id, or the beginning of it.");
    private final Supplier<List<String>> command = syntax.arguments("COMMAND", "The command and its arguments.");

    public ExecCommand(Context context) {
        super(context, "Run a command in a sandbox.");
        syntax.footer(RunCommand.EXIT_CODES);
        syntax.stopAtFirstArgument();
    }

    @Override
    public Integer call() {
        var given = command.get();
        // `exec ID -- ls`: parsing stopped at the id, so the dashes are still there
        var words = given.getFirst().equals("--") ? given.subList(1, given.size()) : given;
        if (words.isEmpty()) {
            throw syntax.usageError("a command is missing");
        }
        return sandboxer()
                .sandboxes()
                .use(sandbox(id.get()), session -> new AttachedProcess(console, options).run(session, words));
    }
}
