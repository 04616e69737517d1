package dev.sandboxer.cli;

import dev.sandboxer.config.Home;
import dev.sandboxer.observe.Redactor;
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
    /**
     * In the order of the help. Each with its names, which its annotation tells too: reading those of all commands takes longer
     * than most work. None for a command that looks at all the others and so is never alone.
     */
    static final List<Entry> COMMANDS = List.of(
            new Entry(RunCommand.class, "run"),
            new Entry(CreateCommand.class, "create", "provision"),
            new Entry(ExecCommand.class, "exec"),
            new Entry(CpCommand.class, "cp"),
            new Entry(LsCommand.class, "ls", "list"),
            new Entry(ShowCommand.class, "show"),
            new Entry(ExtendCommand.class, "extend"),
            new Entry(DestroyCommand.class, "destroy", "rm", "teardown"),
            new Entry(RouteCommand.class, "route"),
            new Entry(ProfilesCommand.class, "profiles"),
            new Entry(ExtensionsCommand.class, "extensions"),
            new Entry(DoctorCommand.class, "doctor"),
            new Entry(ConfigCommand.class, "config"),
            new Entry(CredentialsCommand.class, "credentials"),
            new Entry(ConsumersCommand.class, "consumers"),
            new Entry(ServeCommand.class, "serve"),
            new Entry(KeysCommand.class, "keys"),
            new Entry(GenerateCompletion.class),
            new Entry(HelpCommand.class),
            new Entry(WarmUpCommand.class, "warm-up"),
            new Entry(FakeCloudCommand.class, "fake-cloud"));

    /** @param names the command's own, then its aliases */
    record Entry(Class<?> type, List<String> names) {
        Entry(Class<?> type, String... names) {
            this(type, List.of(names));
        }
    }

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
        if (args.length > 0 && (args[0].equals("serve") || args[0].equals("fake-cloud"))) {
            ServerLog.choose(true); // other commands have no log, and its jars are not on their class path
        }
        Redactor.knowEnvironment(System.getenv()); // before any argument is repeated in an error
        var console = Console.system();
        Arguments.firstMangled(args).ifPresent(argument -> {
            console.note("\"" + argument + "\" is not UTF-8, or your locale isn't: it would arrive as something else");
            Shutdown.exit(UsageErrors.STATUS);
        });
        try (var installation = new Installation(Home.locate(System.getenv()), console)) {
            var status = commandLine(installation, console, args).execute(args);
            console.flush();
            Shutdown.exit(status);
        }
    }

    /** The command tree as far as these arguments need it. */
    static CommandLine commandLine(Installation installation, Console console, String... args) {
        var factory = new CommandFactory(installation, console);
        var main = new Main();
        var line = new CommandLine(main, factory);
        main.line = line;
        var named = COMMANDS.stream()
                .filter(entry -> args.length > 0 && entry.names().contains(args[0]))
                .toList();
        for (var entry : named.isEmpty() ? COMMANDS : named) {
            line.addSubcommand(new CommandLine(entry.type(), factory));
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
}
