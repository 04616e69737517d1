package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.OperationException.Reason;
import dev.sandboxer.extension.PortConnection;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.ports.Forwarding;
import dev.sandboxer.http.ports.Limits;
import dev.sandboxer.http.ports.PortForwarder;
import dev.sandboxer.http.ports.PortUnavailableException;
import dev.sandboxer.http.ports.RequestRefusedException;
import dev.sandboxer.lifecycle.state.Sandbox;
import dev.sandboxer.lifecycle.state.SandboxId;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;

/** The ports of a sandbox, for whoever may use them. */
public final class PortProxy {
    private final SandboxAccess access;
    private final InterruptibleCalls calls;
    private final Tokens tokens;
    private final HeaderFilter headers;
    private final Passage passage;
    private final PortForwarder forwarder = new PortForwarder(Limits.DEFAULT);

    public PortProxy(
            SandboxAccess access, InterruptibleCalls calls, Tokens tokens, HeaderFilter headers, Passage passage) {
        this.access = access;
        this.calls = calls;
        this.tokens = tokens;
        this.headers = headers;
        this.passage = passage;
    }

    /** What E2B's proxy answers when nobody listens at the port. */
    private record Closed(String sandboxId, String message, int port, int code) {}

    public void answer(HttpExchange exchange, SandboxId id, int port) throws IOException {
        exchange.notes().sandbox = id.value();
        exchange.notes().route = "port";
        var there = access.find(id);
        if (!there.terms().publicPorts()
                && !Tokens.equal(tokens.traffic(id), exchange.header(HeaderFilter.TRAFFIC_TOKEN))) {
            throw new E2bException(403, "the header " + HeaderFilter.TRAFFIC_TOKEN + " is missing or wrong");
        }
        var sandbox = access.awake(there);
        // a host name that was agreed on can only be said by us
        if (sandbox.terms().hostMask() == null && passage.answer(exchange, sandbox, port)) {
            return;
        }
        try {
            access.work(exchange, sandbox, session -> {
                forward(
                        exchange,
                        calls.dial(exchange, sandbox, session, port),
                        new Forwarding(host(exchange, sandbox, port), headers.of(id), Map.of()));
                return true;
            });
        } catch (PortUnavailableException e) {
            throw new E2bException(502, "The server at port " + port + " gave no answer: " + e.getMessage());
        } catch (RequestRefusedException e) {
            throw new E2bException(400, String.valueOf(e.getMessage()));
        } catch (SandboxException e) {
            if (ErrorMapping.reason(e) != Reason.REFUSED) {
                throw e;
            }
            exchange.json(502, new Closed(id.value(), "The sandbox is running but port is not open", port, 502));
        }
    }

    private void forward(HttpExchange exchange, PortConnection connection, Forwarding forwarding) {
        try {
            forwarder.forward(exchange.request(), exchange.response(), exchange.callback(), connection, forwarding);
        } catch (RuntimeException e) {
            exchange.reopen();
            throw e;
        }
    }

    /** As it was sent, unless something else was agreed. */
    private static String host(HttpExchange exchange, Sandbox sandbox, int port) {
        var mask = sandbox.terms().hostMask();
        if (mask != null) {
            return mask.replace("${PORT}", Integer.toString(port));
        }
        var host = exchange.header("Host");
        return host == null
                ? Objects.requireNonNullElse(exchange.request().getHttpURI().getAuthority(), "localhost:" + port)
                : host;
    }
}
