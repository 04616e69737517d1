package dev.sandboxer.cli.setup;

import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.CommandEntry;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.ExitStatus;
import dev.sandboxer.cli.command.Installation;
import dev.sandboxer.cli.command.IoErrorText;
import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.config.yaml.ConfigProblem;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.payments.rates.RateCardReader;
import dev.sandboxer.profiles.Profile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

public final class ConfigCommand extends Command {
    public ConfigCommand(Context context) {
        super(context, "Check, print or create the configuration. Without COMMAND: check.");
        for (var entry : List.of(
                new CommandEntry("check", Check::new),
                new CommandEntry("show", Show::new),
                new CommandEntry("path", PathCommand::new),
                new CommandEntry("init", Init::new))) {
            entry.addTo(syntax.spec(), context);
        }
    }

    @Override
    public Integer call() {
        return check(installation, console);
    }

    static final class Check extends Command {
        Check(Context context) {
            super(context, "Check the configuration and report all problems.");
        }

        @Override
        public Integer call() {
            return check(installation, console);
        }
    }

    static final class PathCommand extends Command {
        PathCommand(Context context) {
            super(context, "Print the path of the configuration, even if there is none.");
        }

        @Override
        public Integer call() {
            console.print(installation.config().path().toString());
            return 0;
        }
    }

    static final class Show extends Command {
        Show(Context context) {
            super(context, "Print the configuration, or the built-in one if there is none.");
        }

        @Override
        public Integer call() {
            var path = installation.config().path();
            if (Files.exists(path)) {
                installation.config().config(); // throws when it is invalid
                text(path).lines().forEach(line -> console.print(Console.printable(line)));
                console.note("this is " + path + "; built-in profiles that it doesn't replace apply too");
            } else {
                builtIn().lines().forEach(console::print);
                console.note("there is no " + path
                        + ", so this built-in one applies; create one with: sandboxer config init");
            }
            return 0;
        }

        private static String builtIn() {
            try (var profiles = Objects.requireNonNull(Profile.class.getResourceAsStream("profiles.yaml"))) {
                return new String(profiles.readAllBytes(), StandardCharsets.UTF_8).strip();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static String text(Path path) {
            try {
                return Files.readString(path);
            } catch (IOException e) {
                throw new SandboxException(ErrorCode.INVALID_CONFIG, IoErrorText.text(e), e);
            }
        }
    }

    static final class Init extends Command {
        private static final String EXAMPLE = "config.example.yaml";

        Init(Context context) {
            super(context, "Write an example configuration with comments, if there is none.");
        }

        @Override
        public Integer call() {
            var path = installation.config().path();
            try (var example = Objects.requireNonNull(ConfigCommand.class.getResourceAsStream(EXAMPLE))) {
                installation.home().prepare();
                Files.copy(example, path);
            } catch (FileAlreadyExistsException e) {
                throw new SandboxException(
                        ErrorCode.FILE_REFUSED, path + " already exists; move it away to get an example", e);
            } catch (IOException e) {
                throw new SandboxException(ErrorCode.FILE_REFUSED, IoErrorText.text(e), e);
            }
            console.print(path.toString());
            return 0;
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
