package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.session.OperationException.Reason;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.ports.Forwarding;
import dev.sandboxer.http.ports.PortUnavailableException;
import dev.sandboxer.http.ports.RequestRefusedException;
import dev.sandboxer.lifecycle.state.SandboxId;
import java.io.IOException;
import java.util.Map;
import java.util.Objects;

/** Passes requests on to the ports of sandboxes. */
public final class PortProxy {
    private final SandboxAccess access;
    private final Tokens tokens;
    private final HeaderFilter headers;
    private final Passage passage;
    private final PeerForwarding peerForwarding;
    private final ExchangeForwarder forwarder = new ExchangeForwarder();

    public PortProxy(
            SandboxAccess access, PeerForwarding peerForwarding, Tokens tokens, HeaderFilter headers, Passage passage) {
        this.access = access;
        this.peerForwarding = peerForwarding;
        this.tokens = tokens;
        this.headers = headers;
        this.passage = passage;
    }

    /** The answer of E2B's proxy if nothing listens on the port. */
    private record Closed(String sandboxId, String message, int port, int code) {}

    public void answer(HttpExchange exchange, SandboxId id, int port) throws IOException {
        exchange.notes().sandbox = id.value();
        exchange.notes().route = "port";
        if (peerForwarding.answerKnown(exchange, id)) {
            return;
        }
        try (var call = access.call(exchange, id)) {
            if (peerForwarding.answer(call)) {
                return;
            }
            authorize(call);
            call.wake();
            // skipped if the sandbox's terms set a host name, because the backend would send another
            if (call.sandbox().terms().hostMask() == null && passage.answer(call, port)) {
                return;
            }
            forward(call, port);
        }
    }

    private void authorize(SandboxCall call) {
        if (!call.sandbox().terms().publicPorts()
                && !Tokens.equal(tokens.traffic(call.id()), call.exchange().header(HeaderFilter.TRAFFIC_TOKEN))) {
            throw new E2bException(403, "the header " + HeaderFilter.TRAFFIC_TOKEN + " is missing or wrong");
        }
    }

    private void forward(SandboxCall call, int port) throws IOException {
        var forwarding = new Forwarding(host(call, port), headers.of(call.id()), Map.of());
        try {
            call.dial(port, connection -> forwarder.forward(call.exchange(), connection, forwarding));
        } catch (PortUnavailableException e) {
            throw new E2bException(502, "The server at port " + port + " gave no answer: " + e.getMessage());
        } catch (RequestRefusedException e) {
            throw new E2bException(e.status(), String.valueOf(e.getMessage()));
        } catch (SandboxException e) {
            if (ErrorMapping.reason(e) != Reason.REFUSED) {
                throw e;
            }
            call.exchange()
                    .json(502, new Closed(call.id().value(), "The sandbox is running but port is not open", port, 502));
        }
    }

    /** Returns the host name for the server in the sandbox: the one in the sandbox's terms, or else the one that the client sent. */
    private static String host(SandboxCall call, int port) {
        var exchange = call.exchange();
        var mask = call.sandbox().terms().hostMask();
        if (mask != null) {
            return mask.replace("${PORT}", Integer.toString(port));
        }
        var host = exchange.header("Host");
        return host == null
                ? Objects.requireNonNullElse(exchange.request().getHttpURI().getAuthority(), "localhost:" + port)
                : host;
    }
}
