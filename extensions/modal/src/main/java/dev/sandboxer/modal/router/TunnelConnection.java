package dev.sandboxer.modal.router;

import dev.sandboxer.extension.session.PortConnection;
import dev.sandboxer.protocol.modal.ClientProto.TunnelData;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** A connection to a port in a sandbox over a tunnel, with TLS unless the tunnel is unencrypted. */
record TunnelConnection(Socket socket, InputStream input, OutputStream output) implements PortConnection {
    private static final int LIMIT = (int) Duration.ofSeconds(10).toMillis();

    /** @throws IOException when the tunnel can't be reached within 10 s, or its certificate is not valid */
    static TunnelConnection open(TunnelData tunnel) throws IOException {
        var isPlain = !tunnel.getUnencryptedHost().isEmpty();
        var host = isPlain ? tunnel.getUnencryptedHost() : tunnel.getHost();
        var port = isPlain ? tunnel.getUnencryptedPort() : tunnel.getPort();
        var socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(host, port), LIMIT);
            var open = isPlain ? socket : secure(socket, host, port);
            open.setTcpNoDelay(true);
            return new TunnelConnection(open, open.getInputStream(), open.getOutputStream());
        } catch (IOException | IllegalArgumentException e) {
            socket.close();
            throw new IOException("no connection to the tunnel", e);
        }
    }

    private static Socket secure(Socket socket, String host, int port) throws IOException {
        var factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        var secured = (SSLSocket) factory.createSocket(socket, host, port, true);
        var parameters = new SSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.setSoTimeout(LIMIT);
        secured.startHandshake();
        secured.setSoTimeout(0);
        return secured;
    }

    @Override
    public void shutdownOutput() {
        try {
            socket.shutdownOutput();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // close() closes it even if it fails
        }
    }
}
