package dev.sandboxer.cli;

import dev.sandboxer.config.Home;
import dev.sandboxer.observe.Redactor;
import dev.sandboxer.server.ServerLog;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.IntSupplier;
import picocli.AutoComplete.GenerateCompletion;
import picocli.CommandLine;
import picocli.CommandLine.HelpCommand;

/** Entry point of the command line. */
public final class Main implements Callable<Integer> {
    /** In the order of the help. */
    static final List<Entry> COMMANDS = List.of(
            new Entry("run", RunCommand::new),
            new Entry("create, provision", CreateCommand::new),
            new Entry("exec", ExecCommand::new),
            new Entry("cp", CpCommand::new),
            new Entry("ls, list", LsCommand::new),
            new Entry("show", ShowCommand::new),
            new Entry("extend", ExtendCommand::new),
            new Entry("destroy, rm, teardown", DestroyCommand::new),
            new Entry("route", RouteCommand::new),
            new Entry("profiles", ProfilesCommand::new),
            new Entry("extensions", ExtensionsCommand::new),
            new Entry("doctor", DoctorCommand::new),
            new Entry("config", ConfigCommand::new),
            new Entry(CredentialsCommand.NAME, CredentialsCommand::new),
            new Entry("consumers", ConsumersCommand::new),
            new Entry("serve", ServeCommand::new),
            new Entry("keys", KeysCommand::new),
            new Entry("warm-up", WarmUpCommand::new),
            new Entry("fake-cloud", FakeCloudCommand::new));

    private final Syntax syntax =
            new Syntax(this, "Sandboxes by profile: run commands and move files in them, here or in a cloud.");

    private Main() {
        syntax.spec().name("sandboxer");
        syntax.help();
        syntax.version();
    }

    /** Without a command: which there are. */
    @Override
    public Integer call() {
        return syntax.usage();
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
        var installation = new Installation(Home.locate(System.getenv()), System.getenv(), console);
        var line = commandLine(installation, console, args);
        var status = finished(console, () -> line.execute(args));
        Shutdown.parkIfBegun(); // its hooks need the backends
        installation.leave();
        Shutdown.exit(status);
    }

    /** Its status; ours when it was a success and what it said got nowhere. */
    static int finished(Console console, IntSupplier command) {
        try {
            var status = command.getAsInt();
            var failure = console.failure();
            console.flush();
            if (status != 0 || failure == null || failure instanceof PassedOutput.ReaderGone) {
                return status; // who reads no more has read enough
            }
            console.note(String.valueOf(failure.getMessage()));
        } catch (OutOfMemoryError e) {
            console.note("out of memory; SANDBOXER_JAVA_OPTS=-Xmx2g, for one, allows more of it");
        }
        return Failures.STATUS;
    }

    /** The command tree as far as these arguments need it: one command takes less time than all. */
    static CommandLine commandLine(Installation installation, Console console, String... args) {
        var syntax = new Main().syntax;
        var named = COMMANDS.stream()
                .filter(entry -> args.length > 0 && entry.names().contains(args[0]))
                .toList();
        syntax.commands(new Context(installation, console), (named.isEmpty() ? COMMANDS : named).toArray(Entry[]::new));
        if (named.isEmpty()) {
            // these look at all the others
            var completion = new CommandLine(new GenerateCompletion());
            completion.getCommandSpec().usageMessage().hidden(true);
            syntax.spec().addSubcommand(completion.getCommandName(), completion);
            syntax.spec().addSubcommand("help", new CommandLine(new HelpCommand()));
        }
        var line = new CommandLine(syntax.spec());
        line.setExpandAtFiles(false); // an argument may well begin with @
        line.setUsageHelpAutoWidth(true);
        line.setOut(console.writer());
        line.setErr(console.errorWriter());
        line.setParameterExceptionHandler(new UsageErrors(console));
        line.setExecutionExceptionHandler(new Failures(console));
        return line;
    }
}
