package dev.sandboxer.cli;

import dev.sandboxer.config.Home;
import dev.sandboxer.observe.ServerLog;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;

/** Entry point of the command line. */
@Command(
        name = "sandboxer",
        description = "Sandboxes by profile: run commands and move files in them, here or in a cloud.",
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND")
public final class Main implements Callable<Integer> {
    private static final List<Class<?>> COMMANDS = List.of(
            RunCommand.class,
            CreateCommand.class,
            ExecCommand.class,
            CpCommand.class,
            LsCommand.class,
            ShowCommand.class,
            ExtendCommand.class,
            DestroyCommand.class,
            RouteCommand.class,
            ProfilesCommand.class,
            ExtensionsCommand.class,
            DoctorCommand.class,
            ConfigCommand.class,
            ServeCommand.class,
            KeysCommand.class,
            GenerateCompletion.class,
            HelpCommand.class,
            WarmUpCommand.class);

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Print the version.")
    boolean version;

    private @Nullable CommandLine line;

    private Main() {}

    /** Without a command: which there are. */
    @Override
    public Integer call() {
        var own = Objects.requireNonNull(line);
        own.usage(own.getErr());
        return UsageErrors.STATUS;
    }

    public static void main(String[] args) {
        if (args.length > 0 && args[0].equals("serve")) {
            ServerLog.choose(true); // other commands have no log, and its jars are not on their class path
        }
        var console = Console.system();
        try (var installation = new Installation(Home.locate(System.getenv()), console)) {
            var status = commandLine(installation, console, args).execute(args);
            console.flush();
            Shutdown.exit(status);
        }
    }

    /** The command tree as far as these arguments need it: reading the annotations of all commands takes longer than most work. */
    static CommandLine commandLine(Installation installation, Console console, String... args) {
        var factory = new CommandFactory(installation, console);
        var main = new Main();
        var line = new CommandLine(main, factory);
        main.line = line;
        var named = COMMANDS.stream()
                .filter(type -> args.length > 0 && isNamed(type, args[0]))
                .toList();
        for (Class<?> type : named.isEmpty() ? COMMANDS : named) {
            line.addSubcommand(new CommandLine(type, factory));
        }
        line.setExpandAtFiles(false); // an argument may well begin with @
        line.setUsageHelpAutoWidth(true);
        line.setOut(console.writer());
        line.setErr(console.errorWriter());
        line.getSubcommands().forEach((name, command) -> {
            switch (name) {
                // what follows the first word belongs to the command inside, options too
                case "run", "exec" -> command.setStopAtPositional(true);
                case "generate-completion" ->
                    command.getCommandSpec().usageMessage().hidden(true);
                default -> {}
            }
        });
        line.setParameterExceptionHandler(new UsageErrors(console));
        line.setExecutionExceptionHandler(new Failures(console));
        return line;
    }

    /** Commands that look at all the others are never alone. */
    private static boolean isNamed(Class<?> type, String name) {
        var command = type.getAnnotation(Command.class);
        return SandboxerCommand.class.isAssignableFrom(type)
                && (command.name().equals(name) || List.of(command.aliases()).contains(name));
    }
}
