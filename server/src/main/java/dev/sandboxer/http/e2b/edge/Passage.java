package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.feature.HttpTarget;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.origin.OriginConnection;
import dev.sandboxer.http.origin.Origins;
import dev.sandboxer.http.ports.Forwarding;
import dev.sandboxer.http.ports.PortUnavailableException;
import dev.sandboxer.http.ports.RequestRefusedException;
import dev.sandboxer.http.ports.UpstreamProxy;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Passes requests on to sandboxes whose backend speaks E2B's protocol itself. Callers authorize requests first. Removes this server's
 * tokens from each request and adds the backend's.
 */
public final class Passage {
    private static final Logger LOG = LoggerFactory.getLogger(Passage.class);

    private final HeaderFilter headers;
    private final Origins origins;
    private final ExchangeForwarder forwarder = new ExchangeForwarder();

    public Passage(HeaderFilter headers, Origins origins) {
        this.headers = headers;
        this.origins = origins;
    }

    /**
     * Passes the request on if the sandbox's backend takes requests. Returns false if it doesn't, and the caller has to answer.
     *
     * @throws E2bException 502 if the backend can't be reached
     */
    public boolean answer(SandboxCall call, int port) throws IOException {
        var target = target(call, port);
        if (target.isEmpty()) {
            return false;
        }
        pass(call, port, target.get());
        return true;
    }

    private static Optional<HttpTarget> target(SandboxCall call, int port) {
        try {
            return call.target(port);
        } catch (SandboxException e) {
            if (e.code() == ErrorCode.BACKEND_FAILED) {
                throw new E2bException(502, String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    private void pass(SandboxCall call, int port, HttpTarget target) throws IOException {
        OriginConnection connection;
        try {
            connection = origins.connect(target);
        } catch (IOException e) {
            throw unreachable(call, port, String.valueOf(e.getMessage()));
        }
        try (var _ = call.onCut(connection::close)) {
            forward(call, port, connection);
        } catch (PortUnavailableException e) {
            throw unreachable(call, port, String.valueOf(e.getMessage()));
        } catch (RequestRefusedException e) {
            throw new E2bException(e.status(), String.valueOf(e.getMessage()));
        }
        if (connection.lost()) {
            settle(call, port);
        }
    }

    private void forward(SandboxCall call, int port, OriginConnection connection) {
        var exchange = call.exchange();
        var target = connection.target();
        var onward = new UpstreamProxy(path(exchange, target, port), status -> inspect(call, port, status));
        var forwarding =
                new Forwarding(target.origin().getRawAuthority(), headers.of(call.id()), target.headers(), onward);
        forwarder.forward(exchange, connection, forwarding);
    }

    /** Asks the backend about the sandbox if the status may mean that the sandbox has ended or that its target has changed. */
    private static void inspect(SandboxCall call, int port, int status) {
        if (status == 502 || status == 401 && port == Target.ENVD_PORT) {
            refresh(call, port);
        }
    }

    /**
     * Returns the failure of a request that did not reach the backend.
     *
     * @throws SandboxGoneException if the backend says that the sandbox has ended
     */
    private static E2bException unreachable(SandboxCall call, int port, String why) {
        refresh(call, port);
        return new E2bException(502, "The sandbox's backend gave no answer: " + why);
    }

    /** Asks the backend about the sandbox after an answer was cut. The client has noticed the cut and needs no other answer. */
    private static void settle(SandboxCall call, int port) {
        try {
            refresh(call, port);
        } catch (SandboxGoneException e) {
            LOG.debug("sandbox {} ended in the middle of an answer", call.id());
        }
    }

    /** Asks the backend about the sandbox. If that fails too, it is only logged, and the request keeps its first outcome. */
    private static void refresh(SandboxCall call, int port) {
        try {
            var _ = call.refreshTarget(port);
        } catch (SandboxException e) {
            LOG.debug("a request to sandbox {} failed, and its backend gave no reason: {}", call.id(), e.getMessage());
        }
    }

    /** Returns the path and query as they were sent, but without a signature, which was made with a token of this server. */
    private static String path(HttpExchange exchange, HttpTarget target, int port) {
        var before = target.origin().getRawPath();
        var query = exchange.request().getHttpURI().getQuery();
        if (query != null && port == Target.ENVD_PORT) {
            query = FileAccess.isSigned(exchange) ? Signature.signedQuery(exchange) : Signature.without(query);
        }
        return (before == null ? "" : before) + exchange.path() + (query == null ? "" : "?" + query);
    }
}
