package dev.sandboxer.http.modal;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.error.ErrorCode;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.http.Listen;
import dev.sandboxer.http.modal.control.ControlPlane;
import dev.sandboxer.http.modal.control.Secrets;
import dev.sandboxer.http.modal.edge.AuthTokens;
import dev.sandboxer.http.modal.edge.Authentication;
import dev.sandboxer.http.modal.edge.CallLog;
import dev.sandboxer.http.modal.edge.RouterTokens;
import dev.sandboxer.http.modal.edge.TaskAccess;
import dev.sandboxer.http.modal.router.CommandRouter;
import dev.sandboxer.http.modal.tunnel.Tunnels;
import dev.sandboxer.observe.Schedule;
import dev.sandboxer.observe.VirtualThreads;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.ServerInterceptor;
import io.grpc.okhttp.OkHttpServerBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Serves Modal's API on one plaintext port of HTTP/2: the control plane, and the router of every sandbox. */
public final class ModalServer implements AutoCloseable {
    /** What the clients allow too. */
    private static final int LARGEST_MESSAGE = 100 << 20;

    /** The clients ping every 30 s, also without calls; gRPC's usual limit would cut them off. */
    private static final int PING_SECONDS = 10;

    private static final Duration PURGE = Duration.ofMinutes(10);

    private final Server server;
    private final ExecutorService executor = VirtualThreads.executor("modal");
    private final String host;
    private final Schedule schedule = new Schedule();
    private final CommandRouter router;
    private final Tunnels tunnels;

    /**
     * Serves an open installation; returns when it listens.
     *
     * @param advertised where clients on other machines reach it; null = they don't
     * @param front wraps all calls, outermost first
     * @throws SandboxException {@code LISTEN_FAILED} when the address can't be listened on
     */
    public static ModalServer start(
            Sandboxer installation, Listen listen, @Nullable URI advertised, List<ServerInterceptor> front) {
        return start(installation, listen, advertised, front, ModalOptions.USUAL);
    }

    /** Like {@link #start(Sandboxer, Listen, URI, List)}, for a rehearsal. */
    public static ModalServer start(
            Sandboxer installation,
            Listen listen,
            @Nullable URI advertised,
            List<ServerInterceptor> front,
            ModalOptions options) {
        installation.profiles(); // report a broken configuration now, not at the first call
        return new ModalServer(installation, listen, advertised, front, options);
    }

    private ModalServer(
            Sandboxer installation,
            Listen listen,
            @Nullable URI advertised,
            List<ServerInterceptor> front,
            ModalOptions options) {
        this.host = isWildcard(listen) ? "127.0.0.1" : listen.host();
        var clock = installation.clock();
        var secret = installation.tokenSecret();
        var authTokens = new AuthTokens(secret, options.tokenLife(), clock);
        var routerTokens = new RouterTokens(secret, options.tokenLife(), clock);
        var secrets = new Secrets(installation.objects());
        this.tunnels = new Tunnels(installation.sandboxes(), bare(listen.host()), clock);
        this.router = new CommandRouter(
                installation.sandboxes(),
                new OpenedTasks(
                        new TaskAccess(installation.sandboxes(), routerTokens),
                        secrets,
                        installation.consumerProfiles()),
                tunnels::isInUse,
                installation.home().resolve("modal-server"),
                clock);
        var control = new ControlPlane(
                installation,
                secrets,
                router,
                authTokens,
                routerTokens,
                host,
                this::port,
                advertised,
                tunnels,
                options.pretendGpus());
        var authentication = new Authentication(installation.keys(), authTokens);
        var builder = OkHttpServerBuilder.forPort(
                        new InetSocketAddress(bare(listen.host()), listen.port()), InsecureServerCredentials.create())
                .executor(executor)
                .maxInboundMessageSize(LARGEST_MESSAGE)
                .permitKeepAliveTime(PING_SECONDS, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .addService(control.service())
                .addService(router.service())
                .intercept(authentication);
        // the last one added is called first
        front.reversed().forEach(builder::intercept);
        builder.intercept(new CallLog());
        builder.intercept(new UploadDrain());
        this.server = builder.build();
        try {
            server.start();
        } catch (IOException e) {
            executor.close();
            throw new SandboxException(ErrorCode.LISTEN_FAILED, "can't listen on " + listen + ": " + e.getMessage(), e);
        }
        router.schedule(schedule);
        tunnels.schedule(schedule);
        schedule.every(PURGE, "purge-objects", () -> installation.objects().purge());
    }

    private static boolean isWildcard(Listen listen) {
        return listen.host().equals("0.0.0.0") || listen.host().equals("[::]");
    }

    private static String bare(String host) {
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    /** The port that it listens on. */
    public int port() {
        return server.getPort();
    }

    /** The URL for clients on this machine. */
    public String url() {
        return "http://" + host + ":" + server.getPort();
    }

    /** Takes no new calls from here on; those that are active go on until {@link #close(Duration)} or {@link #close()}. */
    public void refuseCalls() {
        server.shutdown();
    }

    /** Stops like {@link #close()}, after active calls had that time to finish. */
    public void close(Duration drain) {
        refuseCalls();
        try {
            server.awaitTermination(drain.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // they end now
        }
        close();
    }

    /** Ends active calls, and stops. Sandboxes go on. */
    @Override
    public void close() {
        server.shutdownNow();
        schedule.close();
        tunnels.close();
        router.close();
        executor.shutdownNow();
        executor.close();
    }
}
