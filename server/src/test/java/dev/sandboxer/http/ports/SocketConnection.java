package dev.sandboxer.http.ports;

import dev.sandboxer.extension.session.PortConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A connection to a port of this host, which stands in for a port of a sandbox. */
final class SocketConnection implements PortConnection {
    private final Socket socket;
    private final InputStream input;
    private final OutputStream output;
    private final Runnable onClose;

    /** @param onClose called for each close */
    SocketConnection(InetSocketAddress address, Runnable onClose) throws IOException {
        this.socket = new Socket(address.getAddress(), address.getPort());
        socket.setTcpNoDelay(true);
        this.input = socket.getInputStream();
        this.output = socket.getOutputStream();
        this.onClose = onClose;
    }

    @Override
    public InputStream input() {
        return input;
    }

    @Override
    public OutputStream output() {
        return output;
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
            throw new UncheckedIOException(e);
        } finally {
            onClose.run();
        }
    }
}
