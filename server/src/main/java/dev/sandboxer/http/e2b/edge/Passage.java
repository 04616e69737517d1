package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.HttpTarget;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.passage.OriginConnection;
import dev.sandboxer.http.passage.Origins;
import dev.sandboxer.http.ports.Forwarding;
import dev.sandboxer.http.ports.Limits;
import dev.sandboxer.http.ports.Onward;
import dev.sandboxer.http.ports.PortForwarder;
import dev.sandboxer.http.ports.PortUnavailableException;
import dev.sandboxer.http.ports.RequestRefusedException;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands requests on, as they come, to sandboxes whose backend speaks E2B's protocol itself. Its callers have checked who asks;
 * what opens our door stays here, and what opens the backend's is put in its place.
 */
public final class Passage {
    private static final Logger LOG = LoggerFactory.getLogger(Passage.class);

    private final HeaderFilter headers;
    private final Origins origins;
    private final PortForwarder forwarder = new PortForwarder(Limits.DEFAULT);

    public Passage(HeaderFilter headers, Origins origins) {
        this.headers = headers;
        this.origins = origins;
    }

    /**
     * Hands the request on if its sandbox's backend takes it. Returns false if not: then it has to be understood here.
     *
     * @throws E2bException 502 when the backend can't be reached
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
        var onward = new Onward(path(exchange, target, port), status -> inspect(call, port, status));
        var forwarding =
                new Forwarding(target.origin().getRawAuthority(), headers.of(call.id()), target.headers(), onward);
        try {
            forwarder.forward(exchange.request(), exchange.response(), exchange.callback(), connection, forwarding);
        } catch (RuntimeException e) {
            exchange.reopen();
            throw e;
        }
    }

    /** Looks at a status that may mean that the sandbox has ended, or that what we know of it no longer holds. */
    private static void inspect(SandboxCall call, int port, int status) {
        if (status == 502 || status == 401 && port == Target.ENVD_PORT) {
            refresh(call, port);
        }
    }

    /** The answer to a failure to reach the backend, unless that says now that the sandbox has ended. */
    private static E2bException unreachable(SandboxCall call, int port, String why) {
        refresh(call, port);
        return new E2bException(502, "The sandbox's backend gave no answer: " + why);
    }

    /** Updates what is known of a sandbox whose answer was cut; its client has been told by that. */
    private static void settle(SandboxCall call, int port) {
        try {
            refresh(call, port);
        } catch (SandboxGoneException e) {
            LOG.debug("sandbox {} has ended with a stream", call.id());
        }
    }

    /** Asks the backend about the sandbox. When it doesn't say, the request keeps the failure that it has met. */
    private static void refresh(SandboxCall call, int port) {
        try {
            var _ = call.refreshTarget(port);
        } catch (SandboxException e) {
            LOG.debug("sandbox {} failed, and why is not known: {}", call.id(), e.getMessage());
        }
    }

    /** The path as it was sent, but without signatures, which are made with a token of ours. */
    private static String path(HttpExchange exchange, HttpTarget target, int port) {
        var before = target.origin().getRawPath();
        var query = exchange.request().getHttpURI().getQuery();
        if (query != null && port == Target.ENVD_PORT) {
            query = FileAccess.isSigned(exchange) ? Signature.signedQuery(exchange) : Signature.without(query);
        }
        return (before == null ? "" : before) + exchange.path() + (query == null ? "" : "?" + query);
    }
}
