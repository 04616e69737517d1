package dev.sandboxer.http.ports;

import dev.sandboxer.extension.session.PortConnection;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Forwards requests to servers in sandboxes. Safe for use by several threads. */
public final class PortForwarder {
    private final Limits limits;

    public PortForwarder(Limits limits) {
        this.limits = limits;
    }

    /**
     * Makes a server pass on what it would refuse or could not send: paths of any spelling, such as {@code /a%2Fb/../c}, and
     * response heads as long as the limits allow. Paths that lead above the root, or have a percent sign without two digits
     * before the query, it goes on to answer with 400 itself.
     */
    public void configure(HttpConfiguration server) {
        server.setUriCompliance(UriCompliance.UNSAFE);
        // names and separators may take a little more on our side than on theirs
        server.setMaxResponseHeaderSize(2 * limits.responseHeadBytes());
    }

    /**
     * Forwards one request over a connection of its own and passes the response on as it comes. Blocks until the exchange
     * is over, or has become a tunnel; goes on as long as both sides do, however silent, and ends when either goes away. A
     * client that takes nothing for the server's idle time-out counts as gone. One that leaves while the server inside has not
     * taken all it sent is noticed only when it has.
     *
     * <p>The connection is closed in every case, by another thread where that is what interrupts a read or a write. The
     * callback is completed unless an exception is thrown; then nothing was sent, and the caller has to answer.
     *
     * @throws PortUnavailableException when the server inside gave no answer that could be passed on
     * @throws RequestRefusedException when the request can't be forwarded at all
     */
    public void forward(
            Request request, Response response, Callback callback, PortConnection connection, Forwarding forwarding) {
        new PortExchange(request, response, callback, connection, limits).run(forwarding);
    }
}
