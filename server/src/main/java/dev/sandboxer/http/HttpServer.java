package dev.sandboxer.http;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.ports.Limits;
import dev.sandboxer.http.ports.PortForwarder;
import dev.sandboxer.http.ports.PriorKnowledgeHttp2;
import dev.sandboxer.observe.RequestThreads;
import dev.sandboxer.observe.Schedule;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An HTTP server without TLS, for HTTP/1.1 and h2c. Each request has its own virtual thread. */
public final class HttpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
    private static final int MAX_HEAD_BYTES = 32 << 10;
    private static final int MAX_CONNECTIONS = 20_000;
    private static final int MAX_STREAMS = 2_000;
    private static final Duration ABANDONED = Duration.ofSeconds(2);

    private final Server server;
    private final ServerConnector connector;
    private final Listen listen;
    private final SlowHeadTimeout slowHeads;
    private final AbandonedStreams abandoned;
    private final Schedule schedule = new Schedule();

    /** Creates a server with the default timeouts. */
    public HttpServer(Listen listen, Endpoint endpoint, PrometheusRegistry registry, Duration drain) {
        this(listen, endpoint, registry, drain, Timeouts.DEFAULT, UnaryOperator.identity());
    }

    /**
     * Creates a server that listens from {@link #start} on.
     *
     * @param drain how long {@link #close} waits for active requests
     * @param front wraps the handler of all requests
     */
    public HttpServer(
            Listen listen,
            Endpoint endpoint,
            PrometheusRegistry registry,
            Duration drain,
            Timeouts timeouts,
            UnaryOperator<Handler> front) {
        this.listen = listen;
        var pool = new QueuedThreadPool(64, 4);
        pool.setName("http");
        pool.setVirtualThreadsExecutor(RequestThreads.executor());
        this.server = new Server(pool);
        var http2 = new PriorKnowledgeHttp2(configuration());
        http2.setMaxConcurrentStreams(MAX_STREAMS);
        this.connector = new ServerConnector(server, 1, 1, new SerialHttpConnections(configuration()), http2);
        connector.setHost(listen.host().replaceAll("[\\[\\]]", ""));
        connector.setPort(listen.port());
        connector.setIdleTimeout(timeouts.idle().toMillis());
        connector.setAcceptQueueSize(1024);
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(MAX_CONNECTIONS, connector));
        var requestLog = new RequestLog(new AccessLog(), new HttpMetrics(registry));
        server.setHandler(front.apply(new GracefulHandler(new FrontHandler(endpoint, requestLog, timeouts))));
        server.setStopTimeout(drain.toMillis());
        // the default of one second would cut silent streams while the server drains
        connector.setShutdownIdleTimeout(Math.max(1, drain.toMillis()));
        server.setErrorHandler(new JsonErrors(requestLog));
        this.slowHeads = new SlowHeadTimeout(connector, timeouts.head());
        this.abandoned = new AbandonedStreams(connector);
    }

    private static HttpConfiguration configuration() {
        var configuration = new HttpConfiguration();
        configuration.setSendServerVersion(false);
        configuration.setRequestHeaderSize(MAX_HEAD_BYTES);
        // keep paths as they were sent, for servers in sandboxes; the routes of this server compare segments literally
        new PortForwarder(Limits.DEFAULT).configure(configuration);
        return configuration;
    }

    /**
     * Begins to listen.
     *
     * @throws SandboxException {@code LISTEN_FAILED} if the address is in use or does not belong to this host
     */
    public void start() {
        try {
            server.start();
            schedule.every(slowHeads.period(), "slow-heads", slowHeads::close);
            schedule.every(ABANDONED, "abandoned-streams", abandoned::end);
        } catch (IOException e) {
            close();
            throw new SandboxException(
                    ErrorCode.LISTEN_FAILED,
                    "can't listen on " + listen + ": " + reason(e) + "; choose another address with --listen",
                    e);
        } catch (Exception e) {
            close();
            throw new SandboxException(ErrorCode.INTERNAL, "the server did not start: " + e, e);
        }
    }

    private static String reason(Throwable e) {
        return e.getCause() == null ? String.valueOf(e.getMessage()) : reason(e.getCause());
    }

    /** Returns the port on which the server listens. */
    public int port() {
        return connector.getLocalPort();
    }

    /** Stops accepting requests, waits for active ones, then cuts those that are left. */
    @Override
    public void close() {
        schedule.close();
        try {
            server.stop();
        } catch (TimeoutException e) {
            LOG.info("requests that did not finish in time were cut");
        } catch (Exception e) {
            throw new SandboxException(ErrorCode.INTERNAL, "the server did not shut down cleanly: " + e, e);
        }
    }
}
