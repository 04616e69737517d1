package dev.sandboxer.http.modal;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.Listen;
import dev.sandboxer.http.modal.control.ControlService;
import dev.sandboxer.http.modal.control.Secrets;
import dev.sandboxer.http.modal.control.ServerAddress;
import dev.sandboxer.http.modal.edge.AuthTokens;
import dev.sandboxer.http.modal.edge.Authentication;
import dev.sandboxer.http.modal.edge.CallLog;
import dev.sandboxer.http.modal.edge.RouterTokens;
import dev.sandboxer.http.modal.edge.TaskAccess;
import dev.sandboxer.http.modal.router.CommandRouter;
import dev.sandboxer.http.modal.tunnel.Tunnels;
import dev.sandboxer.observe.Schedule;
import dev.sandboxer.observe.VirtualThreads;
import io.grpc.BindableService;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.okhttp.OkHttpServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Serves Modal's API on one plaintext HTTP/2 port: the control plane, and the router of every sandbox. */
public final class ModalServer implements AutoCloseable {
    /** The largest message that the server accepts, in bytes; the clients have the same limit. */
    private static final int MAX_MESSAGE_BYTES = 100 << 20;

    /** The shortest ping interval allowed. Clients ping every 30 s, even without calls; gRPC's default would disconnect them. */
    private static final int PING_SECONDS = 10;

    private static final Duration PURGE = Duration.ofMinutes(10);

    private final Server server;
    private final ExecutorService executor = VirtualThreads.executor("modal");
    private final String host;
    private final Schedule schedule = new Schedule();
    private final ControlService control;
    private final CommandRouter router;
    private final Tunnels tunnels;

    /**
     * Starts to serve an installation; returns once the server listens.
     *
     * @param advertised the URL for clients on other machines; null = all clients are on this machine
     * @param interceptors see all calls, outermost first
     * @throws SandboxException {@code LISTEN_FAILED} when the address can't be listened on
     */
    public static ModalServer start(
            Sandboxer installation, Listen listen, @Nullable URI advertised, List<ServerInterceptor> interceptors) {
        return start(installation, listen, advertised, interceptors, ModalOptions.DEFAULT);
    }

    /** Like {@link #start(Sandboxer, Listen, URI, List)}, with options that a fake Modal needs. */
    public static ModalServer start(
            Sandboxer installation,
            Listen listen,
            @Nullable URI advertised,
            List<ServerInterceptor> interceptors,
            ModalOptions options) {
        installation.profiles(); // report a broken configuration now, not at the first call
        return new ModalServer(installation, listen, advertised, interceptors, options);
    }

    private ModalServer(
            Sandboxer installation,
            Listen listen,
            @Nullable URI advertised,
            List<ServerInterceptor> interceptors,
            ModalOptions options) {
        this.host = isWildcard(listen) ? "127.0.0.1" : listen.host();
        var clock = installation.clock();
        var secret = installation.tokenSecret();
        var authTokens = new AuthTokens(secret, options.tokenLife(), clock);
        var routerTokens = new RouterTokens(secret, options.tokenLife(), clock);
        var secrets = new Secrets(installation.objects());
        this.tunnels = new Tunnels(installation.sandboxes(), ServerAddress.withoutBrackets(listen.host()), clock);
        this.router = new CommandRouter(
                installation.sandboxes(),
                new ControlPlaneAccess(
                        new TaskAccess(installation.sandboxes(), routerTokens),
                        secrets,
                        installation.consumerProfiles()),
                tunnels::isInUse,
                installation.home().resolve("modal-server"),
                clock);
        this.control = ControlService.create(
                installation,
                secrets,
                router,
                authTokens,
                routerTokens,
                new ServerAddress(advertised, host, this::port),
                tunnels,
                options.pretendGpus());
        this.server = server(
                listen,
                executor,
                List.of(control, router.service()),
                new Authentication(installation.keys(), authTokens),
                interceptors);
        listen(listen);
        router.schedule(schedule);
        tunnels.schedule(schedule);
        schedule.every(PURGE, "purge-objects", () -> installation.objects().purge());
    }

    private static Server server(
            Listen listen,
            Executor executor,
            List<BindableService> services,
            Authentication authentication,
            List<ServerInterceptor> interceptors) {
        var builder = OkHttpServerBuilder.forPort(
                        new InetSocketAddress(ServerAddress.withoutBrackets(listen.host()), listen.port()),
                        InsecureServerCredentials.create())
                .executor(executor)
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .permitKeepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true);
        services.forEach(builder::addService);
        // the last one added is called first
        builder.intercept(authentication);
        interceptors.reversed().forEach(builder::intercept);
        builder.intercept(new CallLog());
        builder.intercept(new UploadDrain());
        return builder.build();
    }

    private void listen(Listen listen) {
        try {
            server.start();
        } catch (IOException e) {
            close();
            throw new SandboxException(ErrorCode.LISTEN_FAILED, "can't listen on " + listen + ": " + e.getMessage(), e);
        }
    }

    private static boolean isWildcard(Listen listen) {
        return listen.host().equals("0.0.0.0") || listen.host().equals("[::]");
    }

    /** The port that the server listens on. */
    public int port() {
        return server.getPort();
    }

    /** The URL for clients on this machine. */
    public String url() {
        return "http://" + host + ":" + server.getPort();
    }

    /** Refuses new calls from now on; active ones continue until {@link #close(Duration)} or {@link #close()}. */
    public void refuseCalls() {
        server.shutdown();
    }

    /** Gives active calls time to finish, then stops like {@link #close()}. */
    public void close(Duration drain) {
        refuseCalls();
        try {
            server.awaitTermination(drain.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // stop waiting, and cut the active calls
        }
        close();
    }

    /** Ends active calls and stops. Sandboxes keep running. */
    @Override
    public void close() {
        server.shutdownNow();
        schedule.close();
        tunnels.close();
        router.close();
        control.close();
        executor.shutdownNow();
        executor.close();
    }
}
