package dev.sandboxer.cli;

import dev.sandboxer.lifecycle.state.Sandbox;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

final class CreateCommand extends SandboxerCommand {
    private final SandboxOptions sandbox = new SandboxOptions(syntax);
    private final Supplier<Map<String, String>> env =
            syntax.pairs("-e, --env", "A variable for every command inside. Repeatable.");
    private final Supplier<@Nullable String> key =
            syntax.option("--idempotency-key", "KEY", "The same key and request give the same sandbox, however often.");
    private final Supplier<Boolean> json = syntax.flag("--json", "Print the sandbox as JSON.");

    CreateCommand(Context context) {
        super(context, "Make a sandbox that stays until its time is up. Prints its id.");
    }

    @Override
    public Integer call() {
        var made = sandboxer().sandboxes().create(sandbox.request(sandboxer(), env.get(), key.get(), null));
        console.print(json.get() ? Json.text(SandboxView.of(made)) : made.id().value());
        var failure = console.failure();
        if (failure != null) {
            end(made);
            throw failure;
        }
        return 0;
    }

    /** Nobody has been told its id, and so nobody would; but whoever has its key is told when asking again. */
    private void end(Sandbox made) {
        if (key.get() == null) {
            var sandboxes = sandboxer().sandboxes();
            sandboxes.destroy(sandboxes.get(made.consumer(), made.id().value()));
            console.note("sandbox " + made.id().value() + " was ended again, as its id could not be told");
        }
    }
}
