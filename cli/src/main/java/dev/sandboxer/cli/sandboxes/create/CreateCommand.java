package dev.sandboxer.cli.sandboxes.create;

import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.sandboxes.listing.SandboxView;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.lifecycle.state.Sandbox;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

public final class CreateCommand extends Command {
    private final CreateOptions sandbox = new CreateOptions(syntax, CreateOptions.profile(syntax));
    private final Variables env = new Variables(syntax, installation.environment());
    private final Supplier<@Nullable String> key =
            syntax.option("--idempotency-key", "KEY", "Key of the request. Repeating it returns the first sandbox.");
    private final Supplier<Boolean> json = syntax.flag("--json", "Print the sandbox as JSON.");

    public CreateCommand(Context context) {
        super(context, "Create a sandbox that runs until its time is up. Prints its id.");
    }

    @Override
    public Integer call() {
        var made = sandboxer().sandboxes().create(sandbox.request(sandboxer(), console, env.get(), key.get()));
        console.print(
                json.get() ? JsonOutput.text(SandboxView.of(made)) : made.id().value());
        if (!json.get()) {
            CreditText.of(made).ifPresent(console::note);
        }
        var failure = console.writeFailure();
        if (failure != null) {
            end(made);
            throw failure;
        }
        return 0;
    }

    /** Destroys the sandbox whose id could not be printed. With an idempotency key it stays: a repeated request returns its id. */
    private void end(Sandbox made) {
        if (key.get() == null) {
            var sandboxes = sandboxer().sandboxes();
            sandboxes.destroy(sandboxes.get(made.consumer(), made.id().value()));
            console.note("sandbox " + made.id().value() + " was destroyed, because its id could not be printed");
        }
    }
}
