package dev.sandboxer.http.e2b.edge;

import dev.sandboxer.extension.session.PortConnection;
import dev.sandboxer.http.HttpExchange;
import dev.sandboxer.http.ports.Forwarding;
import dev.sandboxer.http.ports.Limits;
import dev.sandboxer.http.ports.PortForwarder;

/** Forwards the requests of HTTP exchanges. Thread-safe. */
final class ExchangeForwarder {
    private final PortForwarder forwarder = new PortForwarder(Limits.DEFAULT);

    /**
     * Forwards a request and passes the answer on, as {@link PortForwarder#forward} does. If this throws, nothing was sent, and the
     * caller can answer the exchange.
     */
    void forward(HttpExchange exchange, PortConnection connection, Forwarding forwarding) {
        var request = exchange.wholeRequest();
        try {
            forwarder.forward(request, exchange.response(), exchange.callback(), connection, forwarding);
        } catch (RuntimeException e) {
            exchange.reopen();
            throw e;
        }
    }
}
