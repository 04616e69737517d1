package dev.sandboxer.http.ports;

import org.eclipse.jetty.server.HttpStream;

/** The stream of a request that becomes a tunnel. Closes the connection to the sandbox if the tunnel doesn't open. */
final class TunnelStream extends HttpStream.Wrapper {
    private final Tunnel tunnel;
    private final Runnable close;

    TunnelStream(HttpStream stream, Tunnel tunnel, Runnable close) {
        super(stream);
        this.tunnel = tunnel;
        this.close = close;
    }

    @Override
    public void succeeded() {
        super.succeeded();
        closeUnlessOpened();
    }

    @Override
    public void failed(Throwable cause) {
        super.failed(cause);
        closeUnlessOpened();
    }

    private void closeUnlessOpened() {
        if (!tunnel.wasOpened()) {
            close.run();
        }
    }
}
