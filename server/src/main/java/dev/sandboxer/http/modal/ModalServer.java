package dev.sandboxer.http.modal;

import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.Listen;
import dev.sandboxer.observe.VirtualThreads;
import io.grpc.BindableService;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.okhttp.OkHttpServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;

/** Serves Modal's API on one plaintext port of HTTP/2: the control plane, and the router of every sandbox. */
public final class ModalServer implements AutoCloseable {
    /** What the clients allow too. */
    private static final int LARGEST_MESSAGE = 100 << 20;

    /** The clients ping every 30 s, also without calls; gRPC's usual limit would cut them off. */
    private static final int PING_SECONDS = 10;

    private final Server server;
    private final ExecutorService executor = VirtualThreads.executor("modal");
    private final String host;

    /**
     * Starts it, and returns when it listens.
     *
     * @param front wraps all calls, outermost first
     * @throws SandboxException {@code INVALID_ARGUMENT} when the address can't be listened on
     */
    static ModalServer start(Listen listen, List<BindableService> services, List<ServerInterceptor> front) {
        return new ModalServer(listen, services, front);
    }

    private ModalServer(Listen listen, List<BindableService> services, List<ServerInterceptor> front) {
        this.host = listen.host();
        var builder = OkHttpServerBuilder.forPort(
                        new InetSocketAddress(listen.host(), listen.port()), InsecureServerCredentials.create())
                .executor(executor)
                .maxInboundMessageSize(LARGEST_MESSAGE)
                .permitKeepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true);
        services.forEach(builder::addService);
        front.reversed().forEach(builder::intercept);
        this.server = builder.build();
        try {
            server.start();
        } catch (IOException e) {
            executor.close();
            throw new SandboxException(
                    ErrorCode.INVALID_ARGUMENT, "can't listen on " + listen + ": " + e.getMessage(), e);
        }
    }

    /** The URL for clients on this machine. */
    public String url() {
        return "http://" + host + ":" + server.getPort();
    }

    /** Ends active calls, and stops. Sandboxes go on. */
    @Override
    public void close() {
        server.shutdownNow();
        executor.close();
    }
}
