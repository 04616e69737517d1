package dev.sandboxer.server;

import dev.sandboxer.Sandboxer;
import dev.sandboxer.error.SandboxException;
import dev.sandboxer.extension.Extension;
import dev.sandboxer.hosts.Hosts;
import dev.sandboxer.http.HttpServer;
import dev.sandboxer.http.Listen;
import dev.sandboxer.http.Route;
import dev.sandboxer.http.Timeouts;
import dev.sandboxer.http.api.ApiRoutes;
import dev.sandboxer.http.api.ConsumerAdminRoutes;
import dev.sandboxer.http.api.ConsumerRoutes;
import dev.sandboxer.http.api.CreditAdminRoutes;
import dev.sandboxer.http.api.CreditRoutes;
import dev.sandboxer.http.api.OperatorKey;
import dev.sandboxer.http.api.OperatorRoutes;
import dev.sandboxer.http.api.UsageRoutes;
import dev.sandboxer.http.e2b.E2bServer;
import dev.sandboxer.hubs.Deliveries;
import dev.sandboxer.lifecycle.Repair;
import dev.sandboxer.observe.Schedule;
import dev.sandboxer.store.Job;
import dev.sandboxer.store.Jobs;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.server.Handler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The composition root of a server: serves an open installation over HTTP, and runs its periodic jobs. */
public final class SandboxerServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxerServer.class);
    private static final Duration REAP = Duration.ofSeconds(1);
    private static final Duration RECONCILE = Duration.ofMinutes(1);
    private static final Duration CREDIT_WATCH = Duration.ofSeconds(5);

    /** Windows end at whole minutes, and are closed so soon after. */
    private static final Duration METER = Duration.ofSeconds(10);

    private static final Duration CREDITS = Duration.ofSeconds(30);
    private static final Duration DELIVERY = Duration.ofSeconds(1);
    private static final Duration PURGE = Duration.ofHours(1);

    /** Of one run, so that one slow hub doesn't hold up the other for ever. */
    private static final Duration DELIVERY_TIME = Duration.ofSeconds(30);

    private final PrometheusRegistry metrics;
    private final E2bServer e2b;
    private final HttpServer http;
    private final Schedule schedule = new Schedule();
    private final Listen listen;
    private Hosts.@Nullable Announcement announced;
    private @Nullable Jobs jobs;
    private @Nullable Deliveries deliveries;

    private SandboxerServer(
            Sandboxer installation,
            Listen listen,
            @Nullable String domain,
            Duration drain,
            Timeouts timeouts,
            UnaryOperator<Handler> front) {
        this.listen = listen;
        this.metrics = new PrometheusRegistry();
        this.e2b = new E2bServer(
                installation.sandboxes(),
                installation.consumerProfiles(),
                installation.keys(),
                installation.tokenSecret(),
                () -> domain == null ? ownDomain() : domain,
                installation.clock(),
                openRoutes(installation, metrics),
                apiRoutes(installation));
        this.http = new HttpServer(listen, e2b.endpoint(), metrics, drain, timeouts, front);
    }

    /** Those that need no consumer's key. */
    private static List<Route> openRoutes(Sandboxer installation, PrometheusRegistry metrics) {
        var routes = new ArrayList<Route>(new OperatorRoutes(installation.sandboxes(), metrics).routes());
        var key = new OperatorKey(installation.operatorKey().orElse(null));
        routes.addAll(new ConsumerAdminRoutes(installation.consumers(), installation.quotas(), key).routes());
        routes.addAll(usageRoutes(installation).adminRoutes(installation.consumers(), key));
        routes.addAll(new CreditAdminRoutes(installation.consumers(), installation.ledger(), installation.rates(), key)
                .routes());
        return routes;
    }

    private static UsageRoutes usageRoutes(Sandboxer installation) {
        return new UsageRoutes(installation.metering(), installation.rates(), installation.clock());
    }

    private static List<Route> apiRoutes(Sandboxer installation) {
        var profiles = installation.consumerProfiles();
        var routes = new ArrayList<Route>(new ApiRoutes(
                        installation.sandboxes(),
                        profiles,
                        installation.extensions(),
                        installation.router(),
                        installation.charges())
                .routes());
        routes.addAll(new ConsumerRoutes(installation.consumers(), profiles, installation.quotas()).routes());
        routes.addAll(usageRoutes(installation).routes());
        routes.addAll(new CreditRoutes(profiles, installation.router(), installation.ledger(), installation.prices())
                .routes());
        return routes;
    }

    /** Starts a server with the usual timeouts. */
    public static SandboxerServer start(
            Sandboxer installation, Listen listen, @Nullable String domain, Duration drain) {
        return start(installation, listen, domain, drain, Timeouts.DEFAULT);
    }

    /**
     * Starts a server with the usual timeouts, which other servers of its database may reach elsewhere than where it listens.
     *
     * @param advertised where that is; null = where it listens
     * @throws SandboxException {@code INVALID_ARGUMENT} when servers share the database, and nothing says where this one is
     *     reached; {@code MASTER_KEY_UNUSABLE} when they don't have the same master key
     */
    public static SandboxerServer start(
            Sandboxer installation, Listen listen, @Nullable URI advertised, @Nullable String domain, Duration drain) {
        return start(installation, listen, advertised, domain, drain, Timeouts.DEFAULT, UnaryOperator.identity());
    }

    /**
     * Starts a server, which listens when this returns.
     *
     * @param domain under which sandboxes have host names; null = one that leads back to this machine
     * @param drain how long requests may take to finish once it is closed
     * @param timeouts how long to wait for clients
     */
    public static SandboxerServer start(
            Sandboxer installation, Listen listen, @Nullable String domain, Duration drain, Timeouts timeouts) {
        return start(installation, listen, domain, drain, timeouts, UnaryOperator.identity());
    }

    /**
     * Like {@link #start(Sandboxer, Listen, String, Duration, Timeouts)}, behind a handler of the caller's.
     *
     * @param front wraps the handler of all requests
     */
    public static SandboxerServer start(
            Sandboxer installation,
            Listen listen,
            @Nullable String domain,
            Duration drain,
            Timeouts timeouts,
            UnaryOperator<Handler> front) {
        return start(installation, listen, null, domain, drain, timeouts, front);
    }

    private static SandboxerServer start(
            Sandboxer installation,
            Listen listen,
            @Nullable URI advertised,
            @Nullable String domain,
            Duration drain,
            Timeouts timeouts,
            UnaryOperator<Handler> front) {
        var hosts = installation.sandboxes().hosts();
        if (hosts.areShared()) {
            Advertised.require(listen, advertised);
        }
        installation.profiles(); // report a broken configuration now, not at the first request
        var server = new SandboxerServer(installation, listen, domain, drain, timeouts, front);
        server.http.start();
        try {
            server.begin(installation);
            if (hosts.areShared()) {
                server.announced = announce(hosts, advertised == null ? URI.create(server.url()) : advertised);
            }
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
        return server;
    }

    /** Begins the periodic work. */
    private void begin(Sandboxer installation) {
        var repair = installation.sandboxes().repair();
        schedule.every(REAP, "reaper", () -> report(repair.settleDoubts()));
        var onHost = extensions(installation, Extension::hostBound);
        schedule.every(RECONCILE, "reconcile-host", () -> report(repair.reconcile(onHost)));
        var clouds = extensions(installation, extension -> !extension.hostBound());
        schedule.every(
                CREDIT_WATCH,
                "credit-watch",
                () -> report(installation.sandboxes().creditWatch().look()));
        var charges = new ChargeJobs(installation, () -> {
            report(repair.reconcile(onHost));
            report(repair.reconcile(clouds));
        });
        if (installation.hubs().isAnyConfigured()) {
            var opened = installation.deliveries();
            deliveries = opened;
            HubMetrics.register(opened, metrics);
            schedule.every(DELIVERY, "deliver", () -> opened.deliverDue(DELIVERY_TIME));
            schedule.every(PURGE, "purge-events", opened::purge);
        }
        jobs = installation.begin(List.of(
                new Job("reconcile", RECONCILE, () -> report(repair.reconcile(clouds))),
                new Job("meter", METER, charges::meter),
                new Job("credits", CREDITS, charges::lookAfterCredits)));
        e2b.schedule(schedule);
    }

    private static List<Extension> extensions(Sandboxer installation, Predicate<Extension> which) {
        return installation.extensions().all().stream().filter(which).toList();
    }

    private static Hosts.Announcement announce(Hosts hosts, URI address) {
        if (Advertised.isLoopback(address)) {
            LOG.warn("other servers of this database reach this one at {}: only from this host", address);
        }
        return hosts.announce(address);
    }

    private static void report(List<Repair.Settled> settled) {
        for (Repair.Settled one : settled) {
            LOG.atInfo().addKeyValue("sandbox", one.sandbox().value()).log(one.text());
        }
    }

    /** The URL for clients on this machine. */
    public String url() {
        return "http://" + (Advertised.isWildcard(listen) ? "127.0.0.1" : listen.host()) + ":" + http.port();
    }

    /** Leads back to us, so that a client that is only half set up never sends a sandbox's token to a stranger. */
    private String ownDomain() {
        return "localhost:" + http.port();
    }

    /** Before anything else ends: the other servers are not to hand anything on to this one any more. */
    private void withdraw() {
        try (var _ = announced) {
            announced = null;
        } catch (SandboxException e) {
            LOG.warn("the other servers take this one for running for {} more: {}", Hosts.SILENCE, e.getMessage());
        }
    }

    /** Lets active requests finish, and stops. Sandboxes go on. */
    @Override
    public void close() {
        withdraw();
        http.close();
        if (jobs != null) {
            jobs.close();
        }
        schedule.close();
        if (deliveries != null) {
            deliveries.close();
        }
        e2b.close();
    }
}
