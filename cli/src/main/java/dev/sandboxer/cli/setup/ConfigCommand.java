package dev.sandboxer.cli.setup;

import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.CommandEntry;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.ExitStatus;
import dev.sandboxer.cli.command.Installation;
import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.config.yaml.ConfigProblem;
import dev.sandboxer.payments.rates.RateCardReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

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
        var rates = installation.home().resolve(RateCardReader.FILE);
        var problems = file.check(installation.extensions().all());
        var problemsOfRates = RateCardReader.check(rates);
        if (!problems.isEmpty() || !problemsOfRates.isEmpty()) {
            report(console, file.path(), problems);
            report(console, rates, problemsOfRates);
            return ExitStatus.FAILURE;
        }
        console.print(status(file.path(), "settings"));
        console.print(status(rates, "prices"));
        console.print("the database is " + Console.printable(installation.databaseLocation()));
        return 0;
    }

    private static void report(Console console, Path file, List<ConfigProblem> problems) {
        problems.forEach(problem -> console.print(Console.printable(problem.toString())));
        if (!problems.isEmpty()) {
            console.note(problems.size() + (problems.size() == 1 ? " problem in " : " problems in ") + file);
        }
    }

    private static String status(Path file, String builtIn) {
        return Files.exists(file) ? file + " is fine" : "no " + file + ": built-in " + builtIn + " apply";
    }
}
