package dev.sandboxer.cli.credits;

import dev.sandboxer.cli.command.Command;
import dev.sandboxer.cli.command.Context;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import dev.sandboxer.lifecycle.state.SandboxState;
import dev.sandboxer.payments.ledger.CommandId;
import java.util.Optional;
import java.util.function.Supplier;

/** {@code credits release}: releases the hold of a sandbox that will never end by itself. */
final class ReleaseCommand extends Command {
    private final Supplier<String> id = syntax.argument("SANDBOX", "Id of the sandbox, from `credits holds`.");
    private final Supplier<String> note = syntax.required("--note", "TEXT", "Reason, shown in the ledger.");

    ReleaseCommand(Context context) {
        super(context, "Release the credits held for a sandbox. Happens by itself when it ends.");
    }

    @Override
    public Integer call() {
        var why = CommandId.requireNote(note.get());
        var ledger = sandboxer().ledger();
        var released = ledger.releaseByHand(id.get(), why);
        var consumer = ledger.hold(id.get()).orElseThrow().consumer();
        console.print("released " + released + " to " + consumer + "; balance "
                + ledger.balance(consumer).balance());
        if (find().filter(it -> it.state() == SandboxState.RUNNING).isPresent()) {
            console.note("sandbox " + id.get() + " still runs, and its usage is charged to " + consumer
                    + "; end it with: sandboxer destroy " + id.get());
        }
        return 0;
    }

    /** Returns the sandbox of the hold; empty when the hold names none. */
    private Optional<Sandbox> find() {
        try {
            return sandboxer().sandboxes().find(new SandboxId(id.get()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
