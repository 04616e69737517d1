package dev.sandboxer.cli.setup;

import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.CommandEntry;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.ExitStatus;
import dev.sandboxer.cli.command.Installation;
import dev.sandboxer.cli.terminal.Console;
import java.nio.file.Files;

public final class ConfigCommand extends Command {
    public ConfigCommand(Context context) {
        super(context, "Look at the configuration.");
        new CommandEntry("check", Check::new).addTo(syntax.spec(), context);
    }

    @Override
    public Integer call() {
        return check(installation, console);
    }

    static final class Check extends Command {
        Check(Context context) {
            super(context, "Check the configuration; report everything that is wrong with it.");
        }

        @Override
        public Integer call() {
            return check(installation, console);
        }
    }

    private static int check(Installation installation, Console console) {
        var file = installation.config();
        var problems = file.check(installation.extensions().all());
        problems.forEach(problem -> console.print(Console.printable(problem.toString())));
        if (!problems.isEmpty()) {
            console.note(problems.size() + (problems.size() == 1 ? " problem in " : " problems in ") + file.path());
            return ExitStatus.FAILURE;
        }
        console.print(
                Files.exists(file.path())
                        ? file.path() + " is fine"
                        : "no " + file.path() + ": built-in settings apply");
        console.print("the database is " + Console.printable(installation.databaseLocation()));
        return 0;
    }
}
