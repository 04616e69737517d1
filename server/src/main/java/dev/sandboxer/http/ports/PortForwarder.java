package dev.sandboxer.http.ports;

import dev.sandboxer.extension.session.PortConnection;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Forwards requests to servers in sandboxes. Thread-safe. */
public final class PortForwarder {
    private final Limits limits;

    public PortForwarder(Limits limits) {
        this.limits = limits;
    }

    /**
     * Configures Jetty to accept what it would otherwise refuse: paths in any spelling, such as {@code /a%2Fb/../c}, and response
     * heads as large as the limits allow. Jetty still answers 400 to paths that lead above the root or have a percent sign without two
     * digits.
     */
    public void configure(HttpConfiguration server) {
        server.setUriCompliance(UriCompliance.UNSAFE);
        // a head that is written again may be a little longer than the one that was read
        server.setMaxResponseHeaderSize(2 * limits.responseHeadBytes());
    }

    /**
     * Forwards one request over a connection of its own and passes the response on as it comes. Blocks until the exchange is over or
     * has become a tunnel. An exchange has no time limit, even if both sides are silent; it ends when either side closes its connection. A
     * client that reads nothing for the length of Jetty's idle timeout counts as gone. If a client leaves before the server in the sandbox
     * has read all that the client sent, this is noticed only after that server has read it.
     *
     * <p>The connection is always closed or released, by another thread if closing must interrupt a read or a write. The
     * callback is completed unless an exception is thrown; in that case nothing was sent, and the caller has to answer.
     *
     * @throws PortUnavailableException when the server in the sandbox gave no answer that can be passed on
     * @throws RequestRefusedException when the request can't be forwarded at all
     */
    public void forward(
            Request request, Response response, Callback callback, PortConnection connection, Forwarding forwarding) {
        new PortExchange(request, response, callback, connection, limits).run(forwarding);
    }
}
