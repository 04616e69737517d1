package dev.sandboxer.http.ports;

import dev.sandboxer.extension.feature.HttpTarget;
import dev.sandboxer.extension.session.PortConnection;
import dev.sandboxer.http.SerialHttpConnections;
import dev.sandboxer.http.origin.Origins;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.VirtualThreadPool;
import org.jspecify.annotations.Nullable;

/** A server that forwards everything to one address, over HTTP/1.1 and cleartext HTTP/2. */
final class Gateway {
    static final Limits LIMITS = new Limits(64 * 1024, Duration.ofSeconds(2));
    static final String HOST = "inside.test:3000";

    private final Server server = new Server(new VirtualThreadPool());
    private final HttpConfiguration configuration = new HttpConfiguration();
    private final ServerConnector connector;
    private final PortForwarder forwarder;
    private final InetSocketAddress inside;
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger forwarding = new AtomicInteger();
    private final Queue<RuntimeException> thrown = new ConcurrentLinkedQueue<>();
    private Duration idleTimeout = Duration.ofSeconds(30);
    private final Origins origins = new Origins();
    private @Nullable HttpTarget target;
    private Forwarding options = new Forwarding(HOST, header -> false, Map.of());

    Gateway(InsideServer inside) throws Exception {
        this(inside, LIMITS);
    }

    Gateway(InsideServer inside, Limits limits) throws Exception {
        this.inside = inside.address();
        this.forwarder = new PortForwarder(limits);
        forwarder.configure(configuration);
        configuration.setRequestHeaderSize(64 * 1024);
        this.connector = new ServerConnector(
                server, new SerialHttpConnections(configuration), new PriorKnowledgeHttp2(configuration));
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        server.setHandler(new Forward());
        server.start();
    }

    Gateway with(Forwarding forwarding) {
        this.options = forwarding;
        return this;
    }

    /** Makes the gateway forward to another proxy, over reusable connections. */
    Gateway onwardTo(HttpTarget to) {
        target = to;
        return this;
    }

    /** Sets the idle time-out, from the moment at which a request is forwarded. */
    Gateway withIdleTimeout(Duration timeout) {
        this.idleTimeout = timeout;
        return this;
    }

    URI uri(String pathAndQuery) {
        return URI.create("http://127.0.0.1:" + connector.getLocalPort() + pathAndQuery);
    }

    Peer connect() throws Exception {
        return Peer.connect(new InetSocketAddress("127.0.0.1", connector.getLocalPort()));
    }

    Http2Peer connectHttp2() throws Exception {
        return new Http2Peer(new InetSocketAddress("127.0.0.1", connector.getLocalPort()));
    }

    /** The number of open connections into the sandbox. */
    int open() {
        return open.get();
    }

    /** The number of requests that are being forwarded. */
    int forwarding() {
        return forwarding.get();
    }

    /** The exceptions that the forwarder has thrown. */
    Queue<RuntimeException> thrown() {
        return thrown;
    }

    void stop() throws Exception {
        server.stop();
        origins.close();
    }

    private final class Forward extends Handler.Abstract {
        @Override
        public boolean handle(Request request, Response response, Callback callback) throws Exception {
            forwarding.incrementAndGet();
            request.addHttpStreamWrapper(stream -> {
                stream.setIdleTimeout(idleTimeout.toMillis());
                return stream;
            });
            try {
                forwarder.forward(request, response, callback, dial(), options(request));
            } catch (PortUnavailableException e) {
                thrown.add(e);
                Response.writeError(request, response, callback, 502, e.getMessage());
            } catch (RequestRefusedException e) {
                thrown.add(e);
                Response.writeError(request, response, callback, e.status(), e.getMessage());
            } finally {
                forwarding.decrementAndGet();
            }
            return true;
        }

        private Forwarding options(Request request) {
            var onward = new UpstreamProxy(request.getHttpURI().getPathQuery(), status -> {});
            return target == null ? options : new Forwarding(HOST, header -> false, target.headers(), onward);
        }

        private PortConnection dial() {
            try {
                if (target != null) {
                    return origins.connect(target);
                }
                var connection = new SocketConnection(inside, open::decrementAndGet);
                open.incrementAndGet();
                return connection;
            } catch (IOException e) {
                throw new PortUnavailableException("refused", e);
            }
        }
    }
}
