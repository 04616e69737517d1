package dev.sandboxer.cli.sandboxes.process;

import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.sandboxes.listing.LsCommand;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.cli.terminal.Table;
import dev.sandboxer.extension.session.ProcessInfo;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Lists sandboxes like {@code ls}, or the processes of one. */
public final class PsCommand extends LsCommand {
    private final Supplier<@Nullable String> id =
            syntax.optionalArgument("SANDBOX", "Name, id or id prefix: list its processes instead.");

    public PsCommand(Context context) {
        super(context, "List sandboxes like ls, or the processes of one.");
    }

    /** A process as JSON, without its variables, which may be secret. */
    record View(int pid, @Nullable String tag, List<String> command, String cwd, boolean tty) {
        static View of(ProcessInfo process) {
            return new View(
                    process.pid(),
                    process.tag(),
                    DetachedProcess.command(process.argv()),
                    process.cwd(),
                    process.pty());
        }
    }

    @Override
    public Integer call() {
        var named = id.get();
        if (named == null) {
            return super.call();
        }
        for (String option : List.of("--all", "--all-consumers", "--at", "--filter")) {
            if (syntax.isGiven(option)) {
                throw syntax.usageError(option + " can't be combined with SANDBOX; leave one of them out");
            }
        }
        var processes = sandboxer()
                .sandboxes()
                .use(sandbox(named), session -> session.processes().list())
                .stream()
                .sorted(Comparator.comparingInt(ProcessInfo::pid))
                .map(View::of)
                .toList();
        if (json.get()) {
            console.print(JsonOutput.text(processes));
        } else if (quiet.get()) {
            processes.forEach(process -> console.print(Integer.toString(process.pid())));
        } else {
            var table = new Table("PID", "TTY", "TAG", "COMMAND");
            processes.forEach(process -> table.row(
                    Integer.toString(process.pid()),
                    process.tty() ? "yes" : "no",
                    process.tag() == null ? "-" : process.tag(),
                    CommandText.of(process.command())));
            table.printCut(console);
        }
        return 0;
    }
}
