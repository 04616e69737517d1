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
import dev.sandboxer.http.e2b.control.UnsecuredPolicy;
import dev.sandboxer.hubs.Deliveries;
import dev.sandboxer.lifecycle.Repair;
import dev.sandboxer.observe.Schedule;
import dev.sandboxer.observe.SteadyClock;
import dev.sandboxer.store.Job;
import dev.sandboxer.store.Jobs;
import dev.sandboxer.templates.UploadedFiles;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
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

/** Serves an open installation over HTTP and runs its periodic jobs. The composition root of a server. */
public final class SandboxerServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxerServer.class);
    private static final Duration REAP = Duration.ofSeconds(1);
    private static final Duration RECONCILE = Duration.ofMinutes(1);
    private static final Duration CREDIT_WATCH = Duration.ofSeconds(5);

    /** Metering windows end at whole minutes and are closed at most this much later. */
    private static final Duration METER = Duration.ofSeconds(10);

    private static final Duration CREDITS = Duration.ofSeconds(30);
    private static final Duration DELIVERY = Duration.ofSeconds(1);
    private static final Duration CONFIGURATION = Duration.ofSeconds(1);
    private static final Duration CLOCK = Duration.ofSeconds(5);
    private static final Duration PURGE = Duration.ofHours(1);

    /** The most time for one run of deliveries, so that a slow hub can't block the other hub. */
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
                new UnsecuredPolicy(installation::unsecuredSandboxes, UnsecuredPolicy.isLoopback(listen)),
                installation::answerLimit,
                installation.clock(),
                installation.templates(),
                new UploadedFiles(installation.home().resolve("template-files"), installation.clock()),
                openRoutes(installation, metrics),
                apiRoutes(installation));
        CounterWithCallback.builder()
                .name("sandboxer_out_of_memory_total")
                .help("Processes that ended because their sandbox had no memory left")
                .callback(counter -> counter.call(e2b.outOfMemory()))
                .register(metrics);
        this.http = new HttpServer(listen, e2b.endpoint(), metrics, drain, timeouts, front);
    }

    /** Returns the routes that don't need a consumer's key. */
    private static List<Route> openRoutes(Sandboxer installation, PrometheusRegistry metrics) {
        var routes = new ArrayList<Route>(new OperatorRoutes(
                        installation.sandboxes(), installation.home().directory(), installation::hostReserve, metrics)
                .routes());
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

    /**
     * Starts a server with the default timeouts. It listens when this returns.
     *
     * @param domain the parent of the sandboxes' host names; null = one that resolves to this machine
     * @param drain how long active requests may continue after {@link #close} was called
     */
    public static SandboxerServer start(
            Sandboxer installation, Listen listen, @Nullable String domain, Duration drain) {
        return start(installation, listen, null, domain, drain);
    }

    /**
     * Starts a server with the default timeouts and an address for the other servers of its database.
     *
     * @param advertised the address under which the other servers reach this one; null = the address on which it listens
     * @throws SandboxException {@code INVALID_ARGUMENT} if servers share the database, this one listens on a wildcard, and
     *     {@code advertised} is null; {@code MASTER_KEY_UNUSABLE} if they don't have the same master key
     */
    public static SandboxerServer start(
            Sandboxer installation, Listen listen, @Nullable URI advertised, @Nullable String domain, Duration drain) {
        return start(installation, listen, advertised, domain, drain, Timeouts.DEFAULT, UnaryOperator.identity());
    }

    /**
     * Starts a server with the caller's timeouts and handler wrapper. It listens when this returns.
     *
     * @param domain the parent of the sandboxes' host names; null = one that resolves to this machine
     * @param drain how long active requests may continue after {@link #close} was called
     * @param timeouts how long to wait for clients
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
        if (hosts.mayHaveOthers()) {
            AdvertisedAddress.require(listen, advertised);
        }
        installation.profiles(); // report a broken configuration now, not at the first request
        var server = new SandboxerServer(installation, listen, domain, drain, timeouts, front);
        server.http.start();
        try {
            server.startJobs(installation);
            if (hosts.mayHaveOthers()) {
                server.announced = announce(hosts, advertised == null ? URI.create(server.url()) : advertised);
            }
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
        return server;
    }

    /** Starts the periodic jobs. */
    private void startJobs(Sandboxer installation) {
        var repair = installation.sandboxes().repair();
        schedule.every(REAP, "reaper", () -> report(repair.repairUnfinished()));
        var onHost = extensions(installation, Extension::hostBound);
        schedule.every(RECONCILE, "reconcile-host", () -> report(repair.reconcile(onHost)));
        var clouds = extensions(installation, extension -> !extension.hostBound());
        schedule.every(
                CREDIT_WATCH,
                "credit-watch",
                () -> report(installation.sandboxes().creditWatch().look()));
        schedule.every(METER, "network", () -> report(installation.sandboxes().watchNetwork()));
        var charges = new ChargeJobs(installation, () -> {
            report(repair.reconcile(onHost));
            report(repair.reconcile(clouds));
        });
        if (installation.hubs().isAnyConfigured()) {
            startDeliveries(installation.deliveries());
        }
        jobs = installation.startJobs(List.of(
                new Job("reconcile", RECONCILE, () -> report(repair.reconcile(clouds))),
                new Job("meter", METER, charges::meter),
                new Job("credits", CREDITS, charges::checkCredits)));
        e2b.schedule(schedule);
        var files = new ConfigurationWatch(installation.config(), installation.rates());
        schedule.every(CONFIGURATION, "configuration", files::check);
        if (installation.clock() instanceof SteadyClock steady) {
            schedule.every(CLOCK, "clock", new ClockWatch(steady, installation.sandboxes())::check);
        }
    }

    private void startDeliveries(Deliveries opened) {
        deliveries = opened;
        HubMetrics.register(opened, metrics);
        schedule.every(DELIVERY, "deliver", () -> opened.deliverDue(DELIVERY_TIME));
        schedule.every(PURGE, "purge-events", opened::purge);
    }

    private static List<Extension> extensions(Sandboxer installation, Predicate<Extension> which) {
        return installation.extensions().all().stream().filter(which).toList();
    }

    private static Hosts.Announcement announce(Hosts hosts, URI address) {
        if (AdvertisedAddress.isLoopback(address)) {
            LOG.warn("only servers on this host can reach this one at {}; other hosts need --advertise", address);
        }
        return hosts.announce(address);
    }

    private static void report(List<Repair.Settled> settled) {
        for (Repair.Settled one : settled) {
            LOG.atInfo().addKeyValue("sandbox", one.sandbox().value()).log(one.text());
        }
    }

    /** Returns the URL for clients on this machine. */
    public String url() {
        return "http://" + (AdvertisedAddress.isWildcard(listen) ? "127.0.0.1" : listen.host()) + ":" + http.port();
    }

    /**
     * Returns a domain that leads to this machine, so that an incompletely configured client never sends a sandbox's token to another
     * machine.
     */
    private String ownDomain() {
        return "localhost:" + http.port();
    }

    /** Tells the other servers to forward no more requests to this one. To be called before anything else is closed. */
    private void withdraw() {
        try (var _ = announced) {
            announced = null;
        } catch (SandboxException e) {
            LOG.warn(
                    "the other servers could not be told that this one stops; they may forward requests to it for {}: {}",
                    Hosts.SILENCE,
                    e.getMessage());
        }
    }

    /** Lets active requests finish, then stops the server. Sandboxes keep running. */
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
