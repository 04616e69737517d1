package dev.sandboxer.http.e2b;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.AnswerCutException;
import dev.sandboxer.http.Endpoint;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.RouteTable;
import dev.sandboxer.http.RouteTable.Match;
import dev.sandboxer.http.e2b.control.TemplateRefusals;
import dev.sandboxer.http.e2b.edge.Caller;
import dev.sandboxer.http.e2b.edge.Cors;
import dev.sandboxer.http.e2b.edge.E2bException;
import dev.sandboxer.http.e2b.edge.ErrorMapping;
import dev.sandboxer.http.e2b.edge.PortProxy;
import dev.sandboxer.http.e2b.edge.SandboxGoneException;
import dev.sandboxer.http.e2b.edge.Target;
import dev.sandboxer.http.e2b.edge.Targets;
import dev.sandboxer.http.e2b.envd.DataPlane;
import java.io.IOException;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Dispatches each request to the control plane, a sandbox's daemon or a port, and answers failures in E2B's form. */
final class E2bEndpoint implements Endpoint {
    private static final Logger LOG = LoggerFactory.getLogger(E2bEndpoint.class);

    /** The prefix of sand-boxer's own API. */
    private static final String OURS = "/api/";

    private final Targets targets;
    private final DataPlane dataPlane;
    private final PortProxy ports;
    private final RouteTable open;
    private final RouteTable routes;
    private final TemplateRefusals refusals;
    private final Caller caller;

    /**
     * @param open routes that need no key
     * @param routes routes that need an API key
     */
    E2bEndpoint(
            Targets targets,
            DataPlane dataPlane,
            PortProxy ports,
            RouteTable open,
            RouteTable routes,
            TemplateRefusals refusals,
            Caller caller) {
        this.refusals = refusals;
        this.targets = targets;
        this.dataPlane = dataPlane;
        this.ports = ports;
        this.open = open;
        this.routes = routes;
        this.caller = caller;
    }

    @Override
    public void answer(HttpExchange exchange) throws IOException {
        try {
            var named = targets.named(exchange);
            var cors = cors(exchange, named);
            if (cors.isPresent()) {
                if (Cors.isPreflight(exchange)) {
                    cors.get().permit(exchange);
                    return;
                }
                cors.get().allow(exchange);
            }
            switch (named.orElseGet(() -> targets.unnamed(exchange))) {
                case Target.Envd(var sandbox) -> dataPlane.answer(exchange, sandbox);
                case Target.Port(var sandbox, var port) -> ports.answer(exchange, sandbox, port);
                case Target.Control() -> control(exchange);
            }
        } catch (SandboxGoneException e) {
            fail(exchange, 502, e.body(), e);
        } catch (E2bException e) {
            fail(exchange, e.status(), e.body(), e);
        } catch (SandboxException e) {
            var answer = ErrorMapping.rest(e);
            if (e.code() == ErrorCode.HOST_AWAY) {
                LOG.info("{} {} can't be forwarded: {}", exchange.method(), exchange.path(), e.getMessage());
            } else if (answer.status() >= 500) {
                LOG.atWarn().setCause(e).log("{} {} failed: {}", exchange.method(), exchange.path(), e.getMessage());
            }
            ErrorMapping.retryAfter(exchange, e);
            fail(exchange, answer.status(), answer.body(), e);
        }
    }

    /** Returns the rules for pages of other origins; empty for a port, whose server sets its own, and for sand-boxer's own API. */
    private Optional<Cors> cors(HttpExchange exchange, Optional<Target> named) {
        var path = exchange.path();
        if (named.isPresent()) {
            return named.get() instanceof Target.Envd ? Optional.of(Cors.DATA_PLANE) : Optional.empty();
        }
        if (Cors.isPreflight(exchange) && Cors.announcesSandbox(exchange)) {
            return Optional.of(Cors.DATA_PLANE);
        }
        if (path.startsWith(OURS) || !(open.match(exchange.method(), path) instanceof Match.Nothing)) {
            return Optional.empty();
        }
        return Optional.of(DataPlane.serves(path) ? Cors.DATA_PLANE : Cors.CONTROL_PLANE);
    }

    private static void fail(HttpExchange exchange, int status, Object body, Exception cause) throws IOException {
        if (exchange.committed()) {
            throw new AnswerCutException("a failure in the middle of the answer", cause);
        }
        exchange.clearContentHeaders();
        exchange.json(status, body);
    }

    private void control(HttpExchange exchange) throws IOException {
        var match = open.match(exchange.method(), exchange.path());
        if (match instanceof Match.Nothing) {
            caller.authenticate(exchange);
            match = routes.match(exchange.method(), exchange.path());
        }
        if (!(match instanceof Match.Found)) {
            refusals.refuse(exchange);
        }
        switch (match) {
            case Match.Found found -> exchange.run(found);
            case Match.OtherMethods(var allowed) -> {
                exchange.header("Allow", String.join(", ", allowed));
                throw new E2bException(405, exchange.method() + " is not allowed here");
            }
            case Match.Nothing() -> throw new E2bException(404, "there is nothing at " + exchange.path());
        }
    }
}
