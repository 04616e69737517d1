package dev.sandboxer.http.origin;

import dev.sandboxer.extension.feature.HttpTarget;
import dev.sandboxer.http.ports.ReusableConnection;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import jdk.net.ExtendedSocketOptions;
import org.eclipse.jetty.util.NanoTime;

/** A connection to one target, plain or with TLS. One thread may read while another writes and a third closes. */
public final class OriginConnection implements ReusableConnection {
    private static final String HTTPS = "https";

    /** Makes the kernel detect within two minutes that the other side is gone, since long silence is normal here. */
    private static final int KEEP_ALIVE_SECONDS = 60;

    private static final int PROBE_SECONDS = 15;
    private static final int PROBES = 4;

    private final HttpTarget target;
    private final SocketChannel channel;
    private final Socket socket;
    private final InputStream input;
    private final OutputStream output;
    private final Consumer<OriginConnection> keep;
    private volatile boolean closed;
    private volatile boolean lost;
    private volatile long idleSince;

    /** @param socket the channel's own socket, or TLS on top of it */
    private OriginConnection(HttpTarget target, SocketChannel channel, Socket socket, Consumer<OriginConnection> keep)
            throws IOException {
        this.target = target;
        this.channel = channel;
        this.socket = socket;
        this.input = new Observed(socket.getInputStream());
        this.output = socket.getOutputStream();
        this.keep = keep;
    }

    static OriginConnection open(HttpTarget target, Supplier<SSLSocketFactory> tls, Consumer<OriginConnection> keep)
            throws IOException {
        var origin = target.origin();
        var secure = HTTPS.equals(origin.getScheme());
        var address = new InetSocketAddress(host(origin), port(origin));
        if (address.isUnresolved()) {
            throw new UnknownHostException("unknown host " + origin.getHost());
        }
        var channel = SocketChannel.open();
        try {
            int timeoutMs = Math.toIntExact(Origins.CONNECT.toMillis());
            channel.socket().connect(address, timeoutMs);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            enableKeepAlive(channel);
            var socket = secure ? secured(channel.socket(), origin, tls.get(), timeoutMs) : channel.socket();
            return new OriginConnection(target, channel, socket, keep);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void enableKeepAlive(SocketChannel channel) throws IOException {
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        channel.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, KEEP_ALIVE_SECONDS);
        channel.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, PROBE_SECONDS);
        channel.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, PROBES);
    }

    private static SSLSocket secured(Socket plain, URI origin, SSLSocketFactory tls, int timeoutMs) throws IOException {
        plain.setSoTimeout(timeoutMs);
        var socket = (SSLSocket) tls.createSocket(plain, host(origin), port(origin), true);
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        plain.setSoTimeout(0);
        return socket;
    }

    private static String host(URI origin) {
        return origin.getHost().replaceAll("[\\[\\]]", "");
    }

    private static int port(URI origin) {
        return origin.getPort() >= 0 ? origin.getPort() : HTTPS.equals(origin.getScheme()) ? 443 : 80;
    }

    /** The target of the connection. */
    public HttpTarget target() {
        return target;
    }

    long idleSince() {
        return idleSince;
    }

    /** Returns true if a read found that the other side had closed the connection, or that the connection had failed. */
    public boolean lost() {
        return lost;
    }

    /** Returns true if an idle connection is open and has received nothing. Otherwise it can't be used any more. */
    boolean isQuiet() {
        try {
            channel.configureBlocking(false);
            try {
                return channel.read(ByteBuffer.allocate(1)) == 0;
            } finally {
                channel.configureBlocking(true);
            }
        } catch (IOException e) {
            return false;
        }
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
    public void release() {
        idleSince = NanoTime.now();
        keep.accept(this);
    }

    /** Closes at once, without the closing message of TLS, which would have to wait for a blocked writer. */
    @Override
    public void close() {
        closed = true;
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Records in {@link #lost} how reading ended. */
    private final class Observed extends FilterInputStream {
        Observed(InputStream input) {
            super(input);
        }

        @Override
        public int read() throws IOException {
            var one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            try {
                int n = super.read(bytes, offset, length);
                lost |= n < 0 && !closed;
                return n;
            } catch (IOException e) {
                lost |= !closed;
                throw e;
            }
        }
    }
}
