package dev.sandboxer.cli.sandboxes;

import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.cli.terminal.JsonOutput;
import dev.sandboxer.lifecycle.state.Sandbox;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

public final class CreateCommand extends Command {
    private final CreateOptions sandbox = new CreateOptions(syntax, CreateOptions.profile(syntax));
    private final Supplier<Map<String, String>> env =
            syntax.keyValues("-e, --env", "A variable for every command inside. Repeatable.");
    private final Supplier<@Nullable String> key =
            syntax.option("--idempotency-key", "KEY", "The same key and request give the same sandbox, however often.");
    private final Supplier<Boolean> json = syntax.flag("--json", "Print the sandbox as JSON.");

    public CreateCommand(Context context) {
        super(context, "Make a sandbox that stays until its time is up. Prints its id.");
    }

    @Override
    public Integer call() {
        var made = sandboxer().sandboxes().create(sandbox.request(sandboxer(), console, env.get(), key.get(), null));
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

    /** Ends the sandbox, whose id nobody has seen. With an idempotency key it stays: asking again returns the id. */
    private void end(Sandbox made) {
        if (key.get() == null) {
            var sandboxes = sandboxer().sandboxes();
            sandboxes.destroy(sandboxes.get(made.consumer(), made.id().value()));
            console.note("sandbox " + made.id().value() + " was ended again, as its id could not be told");
        }
    }
}
