package dev.sandboxer.cli;

import dev.sandboxer.cli.access.ConsumersCommand;
import dev.sandboxer.cli.access.CredentialsCommand;
import dev.sandboxer.cli.access.KeysCommand;
import dev.sandboxer.cli.billing.BillingCommand;
import dev.sandboxer.cli.billing.UsageCommand;
import dev.sandboxer.cli.command.CommandEntry;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.ExitStatus;
import dev.sandboxer.cli.command.FailureHandler;
import dev.sandboxer.cli.command.Installation;
import dev.sandboxer.cli.command.Shutdown;
import dev.sandboxer.cli.command.Syntax;
import dev.sandboxer.cli.command.UsageErrorHandler;
import dev.sandboxer.cli.credits.CreditsCommand;
import dev.sandboxer.cli.sandboxes.DestroyCommand;
import dev.sandboxer.cli.sandboxes.ExtendCommand;
import dev.sandboxer.cli.sandboxes.ForkCommand;
import dev.sandboxer.cli.sandboxes.PauseCommand;
import dev.sandboxer.cli.sandboxes.ResumeCommand;
import dev.sandboxer.cli.sandboxes.SnapshotCommand;
import dev.sandboxer.cli.sandboxes.SnapshotsCommand;
import dev.sandboxer.cli.sandboxes.copy.CpCommand;
import dev.sandboxer.cli.sandboxes.create.CreateCommand;
import dev.sandboxer.cli.sandboxes.listing.LsCommand;
import dev.sandboxer.cli.sandboxes.listing.ShowCommand;
import dev.sandboxer.cli.sandboxes.listing.StatsCommand;
import dev.sandboxer.cli.sandboxes.network.NetworkCommand;
import dev.sandboxer.cli.sandboxes.ports.PortForwardCommand;
import dev.sandboxer.cli.sandboxes.process.ExecCommand;
import dev.sandboxer.cli.sandboxes.process.LogsCommand;
import dev.sandboxer.cli.sandboxes.process.PsCommand;
import dev.sandboxer.cli.sandboxes.process.RunCommand;
import dev.sandboxer.cli.serve.FakeCloudCommand;
import dev.sandboxer.cli.serve.ServeCommand;
import dev.sandboxer.cli.setup.BackupCommand;
import dev.sandboxer.cli.setup.CapabilitiesCommand;
import dev.sandboxer.cli.setup.ConfigCommand;
import dev.sandboxer.cli.setup.DoctorCommand;
import dev.sandboxer.cli.setup.EstimateCommand;
import dev.sandboxer.cli.setup.ExtensionsCommand;
import dev.sandboxer.cli.setup.ProfilesCommand;
import dev.sandboxer.cli.setup.RouteCommand;
import dev.sandboxer.cli.templates.TemplatesCommand;
import dev.sandboxer.cli.terminal.Console;
import dev.sandboxer.cli.terminal.DescriptorOutput;
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
    /** All commands, in the order of the help. */
    static final List<CommandEntry> COMMANDS = List.of(
            new CommandEntry("run", RunCommand::new),
            new CommandEntry("create, provision", CreateCommand::new),
            new CommandEntry("exec", ExecCommand::new),
            new CommandEntry("cp", CpCommand::new),
            new CommandEntry("port-forward", PortForwardCommand::new),
            new CommandEntry("ls, list", LsCommand::new),
            new CommandEntry("ps", PsCommand::new),
            new CommandEntry("logs", LogsCommand::new),
            new CommandEntry("stats", StatsCommand::new),
            new CommandEntry("show, inspect", ShowCommand::new),
            new CommandEntry("extend", ExtendCommand::new),
            new CommandEntry("network", NetworkCommand::new),
            new CommandEntry("pause", PauseCommand::new),
            new CommandEntry("resume", ResumeCommand::new),
            new CommandEntry("snapshot", SnapshotCommand::new),
            new CommandEntry("snapshots", SnapshotsCommand::new),
            new CommandEntry("fork", ForkCommand::new),
            new CommandEntry("templates", TemplatesCommand::new),
            new CommandEntry("destroy, rm, kill, stop, teardown", DestroyCommand::new),
            new CommandEntry("route", RouteCommand::new),
            new CommandEntry("estimate", EstimateCommand::new),
            new CommandEntry("profiles", ProfilesCommand::new),
            new CommandEntry("extensions", ExtensionsCommand::new),
            new CommandEntry("capabilities", CapabilitiesCommand::new),
            new CommandEntry("doctor", DoctorCommand::new),
            new CommandEntry("config", ConfigCommand::new),
            new CommandEntry("backup", BackupCommand::new),
            new CommandEntry("credentials", CredentialsCommand::new),
            new CommandEntry("consumers", ConsumersCommand::new),
            new CommandEntry("credits", CreditsCommand::new),
            new CommandEntry("usage", UsageCommand::new),
            new CommandEntry("billing", BillingCommand::new),
            new CommandEntry("serve", ServeCommand::new),
            new CommandEntry("keys", KeysCommand::new),
            new CommandEntry("warm-up", WarmUpCommand::new),
            new CommandEntry("fake-cloud", FakeCloudCommand::new));

    private final Syntax syntax =
            new Syntax(this, "Create sandboxes, run commands and copy files in them, on this machine or in a cloud.");

    private Main() {
        syntax.spec().name("sandboxer");
        syntax.help();
        syntax.version();
    }

    /** Prints the help, because no command was given. */
    @Override
    public Integer call() {
        return syntax.usage();
    }

    public static void main(String[] args) {
        if (args.length > 0 && (args[0].equals("serve") || args[0].equals("fake-cloud"))) {
            ServerLog.choose(true); // other commands have no log, and its jars are not on their class path
        }
        Redactor.registerEnvironment(System.getenv()); // before any argument is repeated in an error
        var console = Console.system();
        Arguments.firstInvalid(args).ifPresent(argument -> {
            console.note("\"" + argument + "\" is not UTF-8, or your locale is not; set LANG=C.UTF-8, for example");
            Shutdown.exit(ExitStatus.USAGE);
        });
        var installation = new Installation(Home.locate(System.getenv()), System.getenv(), console);
        var status = run(installation, console, args);
        installation.deliver();
        Shutdown.parkIfBegun(); // the shutdown hooks need the backends
        installation.closeBackends();
        Shutdown.exit(status);
    }

    /** Runs a command line and returns its exit status. */
    static int run(Installation installation, Console console, String... args) {
        var line = commandLine(installation, console, args);
        return run(console, () -> line.execute(args));
    }

    /** Runs a command and returns its exit status. A success whose output could not be written is a failure. */
    static int run(Console console, IntSupplier command) {
        try {
            var status = command.getAsInt();
            var failure = console.writeFailure();
            console.flush();
            if (status != 0 || failure == null || failure instanceof DescriptorOutput.BrokenPipe) {
                return status; // a reader that closes the pipe has all that it wants
            }
            console.note(String.valueOf(failure.getMessage()));
        } catch (OutOfMemoryError e) {
            console.note("out of memory; allow more, for example with SANDBOXER_JAVA_OPTS=-Xmx2g");
        }
        return ExitStatus.FAILURE;
    }

    /** Builds the command that the arguments name, or else all commands. Building one is faster. */
    static CommandLine commandLine(Installation installation, Console console, String... args) {
        var syntax = new Main().syntax;
        var named = COMMANDS.stream()
                .filter(entry -> args.length > 0 && entry.names().contains(args[0]))
                .toList();
        syntax.commands(
                new Context(installation, console), (named.isEmpty() ? COMMANDS : named).toArray(CommandEntry[]::new));
        if (named.isEmpty()) {
            // completion and help describe all other commands
            var completion = new CommandLine(new GenerateCompletion());
            completion.getCommandSpec().usageMessage().hidden(true);
            syntax.spec().addSubcommand(completion.getCommandName(), completion);
            syntax.spec().addSubcommand("help", new CommandLine(new HelpCommand()));
        }
        var line = new CommandLine(syntax.spec());
        line.setExpandAtFiles(false); // arguments may begin with @
        line.setUsageHelpAutoWidth(true);
        line.setOut(console.writer());
        line.setErr(console.errorWriter());
        line.setParameterExceptionHandler(new UsageErrorHandler(console));
        line.setExecutionExceptionHandler(
                new FailureHandler(console, installation.environment().containsKey("SANDBOXER_DEBUG")));
        return line;
    }
}
