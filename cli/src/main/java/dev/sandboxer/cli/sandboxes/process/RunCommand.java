package dev.sandboxer.cli.sandboxes.process;

import dev.sandboxer.cli.command.CaughtSignals;
import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.ExitStatus;
import dev.sandboxer.cli.command.Shutdown;
import dev.sandboxer.cli.sandboxes.create.CreateOptions;
import dev.sandboxer.cli.sandboxes.create.CreditText;
import dev.sandboxer.cli.sandboxes.ports.PortForwardCommand;
import dev.sandboxer.cli.sandboxes.ports.PublishedPorts;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Capability;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.observe.ProcessIdentity;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

public final class RunCommand extends Command {
    static final String EXIT_CODES =
            "Exit code: the command's own; 125 if sand-boxer failed, 126 if the command is not executable, 127 if it is"
                    + " not found.";

    private final CreateOptions sandbox = new CreateOptions(syntax, CreateOptions.profile(syntax));
    private final ProcessOptions options = new ProcessOptions(syntax, installation.environment());
    private final WorkDirectory work = new WorkDirectory(syntax, options);
    private final Supplier<List<String>> publish = syntax.options(
            "--publish",
            "[ADDRESS:]HERE:INSIDE",
            "Make a port of the sandbox reachable on this machine, e.g. 8000:8000. Repeatable.");
    private final Supplier<List<String>> command = syntax.arguments("COMMAND", "The command and its arguments.");

    public RunCommand(Context context) {
        super(context, "Run a command in a new sandbox, which ends with the command.");
        syntax.footer(EXIT_CODES);
        syntax.stopAtFirstArgument();
    }

    @Override
    public Integer call() {
        options.spec(command.get()); // refuse wrong options before a sandbox is created
        work.check();
        CaughtSignals.begin();
        try (var published = PublishedPorts.take(publish.get(), PortForwardCommand.LOOPBACK)) {
            return run(published);
        }
    }

    private int run(PublishedPorts published) {
        var sandboxes = sandboxer().sandboxes();
        Set<Capability> needed = publish.get().isEmpty() ? Set.of() : Set.of(Capability.PORTS);
        var request = sandbox.builder(sandboxer(), console, Map.of(), needed)
                .holder(ProcessIdentity.current())
                .command(CommandText.of(command.get()))
                .build();
        var made = new CompletableFuture<Sandbox>();
        var hook = Shutdown.onSignal(() -> destroy(made));
        try {
            made.complete(sandboxes.create(request));
        } finally {
            made.cancel(false);
        }
        CreditText.of(made.join()).ifPresent(console::note);
        Integer status = null;
        try {
            var exit = sandboxes.use(made.join(), session -> {
                published.announce(session, console);
                return work.around(
                        session,
                        console,
                        directory -> new AttachedProcess(console, options)
                                .run(session, options.spec(command.get(), directory)));
            });
            status = exit;
            return exit;
        } catch (SandboxException e) {
            if (e.code().exitCode() != ExitStatus.FAILURE) {
                status = e.code().exitCode(); // as a shell exits when a command can't be run
            }
            throw e;
        } finally {
            hook.cancel();
            end(made.join(), status);
        }
    }

    /** Destroys the sandbox after a signal. While the sandbox is being created, this waits for it first. */
    private void destroy(CompletableFuture<Sandbox> made) {
        try {
            end(made.get(15, TimeUnit.SECONDS), null);
        } catch (InterruptedException | ExecutionException | TimeoutException | RuntimeException e) {
            // the sandbox is tied to this process: the next command cleans it up
        }
    }

    /**
     * Ends the sandbox.
     *
     * @param status the command's exit code; null = the command was ended before it had one
     */
    private void end(Sandbox made, @Nullable Integer status) {
        var sandboxes = sandboxer().sandboxes();
        var current = sandboxes.get(made.consumer(), made.id().value());
        if (status == null) {
            sandboxes.destroy(current);
        } else {
            sandboxes.complete(current, status);
        }
    }
}
