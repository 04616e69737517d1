package dev.sandboxer.cli.sandboxes;

import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.command.Shutdown;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.observe.ProcessIdentity;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

public final class RunCommand extends Command {
    static final String EXIT_CODES =
            "Exit code: the command's own; 125 when sand-boxer failed, 127 no such command, 126 not executable.";

    private final CreateOptions sandbox = new CreateOptions(syntax, CreateOptions.profile(syntax));
    private final ProcessOptions options = new ProcessOptions(syntax, installation.environment());
    private final Supplier<List<String>> command = syntax.arguments("COMMAND", "The command and its arguments.");

    public RunCommand(Context context) {
        super(context, "Run a command in a fresh sandbox, which ends with it.");
        syntax.footer(EXIT_CODES);
        syntax.stopAtFirstArgument();
    }

    @Override
    public Integer call() {
        options.spec(command.get()); // refuse wrong options before a sandbox is made
        var sandboxes = sandboxer().sandboxes();
        var request = sandbox.request(sandboxer(), console, Map.of(), null, ProcessIdentity.current());
        var made = new CompletableFuture<Sandbox>();
        var hook = Shutdown.onSignal(() -> destroy(made));
        try {
            made.complete(sandboxes.create(request));
        } finally {
            made.cancel(false);
        }
        CreditText.of(made.join()).ifPresent(console::note);
        try {
            return sandboxes.use(
                    made.join(), session -> new AttachedProcess(console, options).run(session, command.get()));
        } finally {
            hook.cancel();
            end(made.join());
        }
    }

    /** A signal may come while the sandbox is being made: then this waits for it, which takes moments. */
    private void destroy(CompletableFuture<Sandbox> made) {
        try {
            end(made.get(15, TimeUnit.SECONDS));
        } catch (InterruptedException | ExecutionException | TimeoutException | RuntimeException e) {
            // the sandbox is tied to this process: the next command cleans it up
        }
    }

    private void end(Sandbox made) {
        var sandboxes = sandboxer().sandboxes();
        sandboxes.destroy(sandboxes.get(made.consumer(), made.id().value()));
    }
}
