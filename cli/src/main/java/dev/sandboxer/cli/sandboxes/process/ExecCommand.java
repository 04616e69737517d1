package dev.sandboxer.cli.sandboxes.process;

import dev.sandboxer.cli.command.CaughtSignals;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.ExistingSandboxCommand;
import java.util.List;
import java.util.function.Supplier;

public final class ExecCommand extends ExistingSandboxCommand {
    private final ProcessOptions options = new ProcessOptions(syntax, installation.environment());
    private final Supplier<Boolean> detach =
            syntax.flag("-d, --detach", "Leave it running and return at once. Prints its tag, for `logs`.");
    private final Supplier<String> id = syntax.argument("SANDBOX", "Name, id or id prefix.");
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
        if (detach.get()) {
            return detach(words);
        }
        CaughtSignals.begin();
        return sandboxer()
                .sandboxes()
                .use(sandbox(id.get()), session -> new AttachedProcess(console, options).run(session, words));
    }

    private int detach(List<String> words) {
        if (syntax.isGiven("--interactive") || syntax.isGiven("--tty")) {
            throw syntax.usageError("--detach can't be combined with -i or -t");
        }
        var process = DetachedProcess.withNewTag();
        var spec = process.wrapped(options.spec(words));
        return sandboxer().sandboxes().use(sandbox(id.get()), session -> {
            session.processes().start(spec).close();
            console.print(process.tag());
            return 0;
        });
    }
}
