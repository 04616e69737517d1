package dev.sandboxer.http.e2b.control;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.Endpoint;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.e2b.edge.Caller;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.http.e2b.edge.PeerForwarding;
import dev.sandboxer.http.e2b.edge.Targets;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxState;

/** Finds the caller's sandbox that a control-plane request names, and forwards the request if the sandbox is on another host. */
final class OwnedSandboxes {
    private final Sandboxes sandboxes;
    private final PeerForwarding peerForwarding;

    OwnedSandboxes(Sandboxes sandboxes, PeerForwarding peerForwarding) {
        this.sandboxes = sandboxes;
        this.peerForwarding = peerForwarding;
    }

    /**
     * Returns the sandbox that the path names. It runs or is paused.
     *
     * @throws E2bException 404 if there is no such sandbox or it belongs to another consumer
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

    /** Returns an endpoint that forwards the request if the sandbox is on another host. Otherwise {@code here} answers. */
    Endpoint atItsHost(Endpoint here) {
        return exchange -> {
            if (!peerForwarding.isPossible() || !peerForwarding.answer(exchange, of(exchange))) {
                here.answer(exchange);
            }
        };
    }

    /** Like {@link #atItsHost}, but {@code here} also answers if the other host's server can't be reached. */
    Endpoint atItsHostOrElse(Endpoint here) {
        return exchange -> {
            try {
                atItsHost(here).answer(exchange);
            } catch (SandboxException e) {
                if (e.code() != ErrorCode.HOST_AWAY || exchange.committed()) {
                    throw e;
                }
                here.answer(exchange);
            }
        };
    }
}
