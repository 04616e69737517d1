package dev.sandboxer.http.e2b.control;

import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.e2b.edge.Caller;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.http.e2b.edge.Targets;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;

/** Finds the sandbox that a control-plane request names among those of the caller. */
final class OwnedSandboxes {
    private final Sandboxes sandboxes;

    OwnedSandboxes(Sandboxes sandboxes) {
        this.sandboxes = sandboxes;
    }

    /**
     * Returns the sandbox, which runs or is paused.
     *
     * @throws E2bException 404, for somebody else's too
     */
    Sandbox of(HttpExchange exchange) {
        var text = exchange.parameter("sandboxID");
        var id = Targets.sandboxId(text);
        exchange.notes().sandbox = id.value();
        return sandboxes
                .find(id)
                .filter(sandbox -> sandbox.consumer().equals(Caller.of(exchange)))
                .filter(sandbox -> sandbox.state() == SandboxState.RUNNING || sandbox.state() == SandboxState.PAUSED)
                .orElseThrow(() -> E2bException.noSandbox(text));
    }
}
