package dev.sandboxer.http.e2b;

import dev.sandboxer.http.Exchange;
import dev.sandboxer.lifecycle.SandboxId;
import java.io.IOException;

/** The ports of a sandbox, for whoever may use them. */
final class PortProxy {
    private static final String TRAFFIC_TOKEN = "e2b-traffic-access-token";

    private final Inside inside;
    private final Tokens tokens;

    PortProxy(Inside inside, Tokens tokens) {
        this.inside = inside;
        this.tokens = tokens;
    }

    void answer(Exchange exchange, SandboxId id, int port) throws IOException {
        exchange.notes().sandbox = id.value();
        exchange.notes().route = "port";
        var sandbox = inside.find(id);
        if (!sandbox.terms().publicPorts() && !Tokens.equal(tokens.traffic(id), exchange.header(TRAFFIC_TOKEN))) {
            throw new E2bException(403, "the header " + TRAFFIC_TOKEN + " is missing or wrong");
        }
        throw new E2bException(501, "ports come next");
    }
}
