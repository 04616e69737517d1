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
import dev.sandboxer.lifecycle.state.Sandbox;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands requests on, as they come, to sandboxes whose backend speaks for itself. Whoever calls it has checked who asks; what
 * opens our door stays here, and what opens the backend's is put in its place.
 */
public final class Passage {
    private static final Logger LOG = LoggerFactory.getLogger(Passage.class);

    private final SandboxAccess access;
    private final HeaderFilter headers;
    private final LiveStreams streams;
    private final Origins origins;
    private final PortForwarder forwarder = new PortForwarder(Limits.DEFAULT);

    public Passage(SandboxAccess access, HeaderFilter headers, LiveStreams streams, Origins origins) {
        this.access = access;
        this.headers = headers;
        this.streams = streams;
        this.origins = origins;
    }

    /**
     * Whether it was answered; else the request has to be understood here.
     *
     * @throws E2bException 502 when its backend can't be reached
     */
    public boolean answer(HttpExchange exchange, Sandbox sandbox, int port) throws IOException {
        var target = target(sandbox, port);
        if (target.isEmpty()) {
            return false;
        }
        pass(exchange, sandbox, port, target.get());
        return true;
    }

    private Optional<HttpTarget> target(Sandbox sandbox, int port) {
        try {
            return access.target(sandbox, port);
        } catch (SandboxException e) {
            if (e.code() == ErrorCode.BACKEND_FAILED) {
                throw new E2bException(502, String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    private void pass(HttpExchange exchange, Sandbox sandbox, int port, HttpTarget target) throws IOException {
        OriginConnection connection;
        try {
            connection = origins.connect(target);
        } catch (IOException e) {
            throw unreachable(sandbox, port, String.valueOf(e.getMessage()));
        }
        try (var _ = streams.add(sandbox.id(), connection::close)) {
            forward(exchange, sandbox, port, connection);
        } catch (PortUnavailableException e) {
            throw unreachable(sandbox, port, String.valueOf(e.getMessage()));
        } catch (RequestRefusedException e) {
            throw new E2bException(e.status(), String.valueOf(e.getMessage()));
        }
        if (connection.lost()) {
            settle(sandbox, port);
        }
    }

    private void forward(HttpExchange exchange, Sandbox sandbox, int port, OriginConnection connection) {
        var target = connection.target();
        var onward = new Onward(path(exchange, target, port), status -> inspect(sandbox, port, status));
        var forwarding =
                new Forwarding(target.origin().getRawAuthority(), headers.of(sandbox.id()), target.headers(), onward);
        try {
            forwarder.forward(exchange.request(), exchange.response(), exchange.callback(), connection, forwarding);
        } catch (RuntimeException e) {
            exchange.reopen();
            throw e;
        }
    }

    /** What may mean that the sandbox has ended, or that what we know of it no longer holds. */
    private void inspect(Sandbox sandbox, int port, int status) {
        if (status == 502 || status == 401 && port == Target.ENVD_PORT) {
            refresh(sandbox, port);
        }
    }

    /** It has ended, as its backend then says, or else can't be reached just now. */
    private E2bException unreachable(Sandbox sandbox, int port, String why) {
        refresh(sandbox, port);
        return new E2bException(502, "The sandbox's backend gave no answer: " + why);
    }

    /** Sees to what is known of a sandbox whose answer was cut; its client has been told by that. */
    private void settle(Sandbox sandbox, int port) {
        try {
            refresh(sandbox, port);
        } catch (SandboxAccess.GoneException e) {
            LOG.debug("sandbox {} has ended with a stream", sandbox.id());
        }
    }

    /** That a backend doesn't say how a sandbox is doesn't change what the request has met. */
    private void refresh(Sandbox sandbox, int port) {
        try {
            var _ = access.refreshTarget(sandbox, port);
        } catch (SandboxException e) {
            LOG.debug("sandbox {} failed, and why is not known: {}", sandbox.id(), e.getMessage());
        }
    }

    /** As it was sent, but for signatures, which are made with a token of ours. */
    private static String path(HttpExchange exchange, HttpTarget target, int port) {
        var before = target.origin().getRawPath();
        var query = exchange.request().getHttpURI().getQuery();
        if (query != null && port == Target.ENVD_PORT) {
            query = FileAccess.isSigned(exchange) ? Signature.signedQuery(exchange) : Signature.without(query);
        }
        return (before == null ? "" : before) + exchange.path() + (query == null ? "" : "?" + query);
    }
}
