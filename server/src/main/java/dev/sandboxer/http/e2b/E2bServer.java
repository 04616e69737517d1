package dev.sandboxer.http.e2b;

import dev.sandboxer.consumers.ApiKeys;
import dev.sandboxer.http.Endpoint;
import dev.sandboxer.http.Route;
import dev.sandboxer.http.RouteTable;
import dev.sandboxer.http.e2b.control.LifeRoutes;
import dev.sandboxer.http.e2b.control.NetworkRoutes;
import dev.sandboxer.http.e2b.control.SandboxRoutes;
import dev.sandboxer.http.e2b.control.SnapshotRoutes;
import dev.sandboxer.http.e2b.control.TelemetryRoutes;
import dev.sandboxer.http.e2b.control.TemplateRoutes;
import dev.sandboxer.http.e2b.control.UsageHistory;
import dev.sandboxer.http.e2b.control.Views;
import dev.sandboxer.http.e2b.edge.Caller;
import dev.sandboxer.http.e2b.edge.FileAccess;
import dev.sandboxer.http.e2b.edge.Inside;
import dev.sandboxer.http.e2b.edge.LiveStreams;
import dev.sandboxer.http.e2b.edge.OurHeaders;
import dev.sandboxer.http.e2b.edge.Passage;
import dev.sandboxer.http.e2b.edge.PortProxy;
import dev.sandboxer.http.e2b.edge.Targets;
import dev.sandboxer.http.e2b.edge.Templates;
import dev.sandboxer.http.e2b.edge.Tokens;
import dev.sandboxer.http.e2b.edge.Visits;
import dev.sandboxer.http.e2b.envd.DataPlane;
import dev.sandboxer.http.e2b.envd.FileService;
import dev.sandboxer.http.e2b.envd.ProcessService;
import dev.sandboxer.http.e2b.envd.SandboxLogs;
import dev.sandboxer.http.e2b.envd.Watchers;
import dev.sandboxer.http.passage.Origins;
import dev.sandboxer.lifecycle.SandboxId;
import dev.sandboxer.lifecycle.Sandboxes;
import dev.sandboxer.observe.Schedule;
import dev.sandboxer.profiles.ProfileCatalogue;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Everything of E2B's API, put together. */
public final class E2bServer implements AutoCloseable {
    private final Sandboxes sandboxes;
    private final SandboxLogs logs;
    private final UsageHistory usage;
    private final Watchers watchers = new Watchers();
    private final LiveStreams streams = new LiveStreams();
    private final Origins origins = new Origins();
    private final Endpoint endpoint;
    private final List<Route> routes;

    /**
     * @param secret from which sandboxes' tokens are made; with another one all tokens change
     * @param domain under which sandboxes have host names
     * @param open routes of others that answer without a key
     * @param more routes of others that need a key
     */
    public E2bServer(
            Sandboxes sandboxes,
            Supplier<ProfileCatalogue> profiles,
            ApiKeys keys,
            byte[] secret,
            Supplier<String> domain,
            InstantSource clock,
            List<Route> open,
            List<Route> more) {
        this.sandboxes = sandboxes;
        this.logs = new SandboxLogs(clock);
        this.usage = new UsageHistory(sandboxes);
        sandboxes.onPause(streams::cutAll);
        var tokens = new Tokens(secret);
        var templates = new Templates(profiles, sandboxes.snapshots());
        var views = new Views(tokens, domain);
        var inside = new Inside(sandboxes, templates);
        var ours = new OurHeaders(keys, tokens);
        var visits = new Visits(inside, streams);
        var passage = new Passage(inside, ours, streams, origins);
        this.routes = new ArrayList<>(more);
        routes.addAll(new SandboxRoutes(sandboxes, templates, views).routes());
        routes.addAll(new LifeRoutes(sandboxes, templates, views, clock).routes());
        routes.addAll(new SnapshotRoutes(sandboxes, templates, views).routes());
        routes.addAll(new TemplateRoutes(templates, clock.instant()).routes());
        routes.addAll(new NetworkRoutes(sandboxes, templates).routes());
        // before the routes with a variable in the same place
        routes.addAll(0, new TelemetryRoutes(sandboxes, usage, logs).routes());
        this.endpoint = new E2bEndpoint(
                new Targets(sandboxes, tokens),
                new DataPlane(
                        inside,
                        visits,
                        passage,
                        sandboxes.snapshots(),
                        new FileAccess(tokens, clock),
                        new ProcessService(visits, logs, clock),
                        new FileService(visits, watchers, clock)),
                new PortProxy(inside, visits, tokens, ours, passage),
                new RouteTable(open),
                new RouteTable(routes),
                new Caller(keys));
    }

    public Endpoint endpoint() {
        return endpoint;
    }

    /** What is served to who has a key. */
    public List<Route> routes() {
        return List.copyOf(routes);
    }

    /** What each sandbox answers over plain HTTP at the same origin, beside its Connect services: methods by path. */
    public static Map<String, List<String>> dataPlane() {
        return DataPlane.PLAIN;
    }

    /** Begins what has to be done now and then. */
    public void schedule(Schedule schedule) {
        schedule.every(UsageHistory.PERIOD, "usage", () -> {
            Set<SandboxId> live = new HashSet<>(sandboxes.live());
            usage.sample(live);
            logs.keepOnly(live);
            watchers.keepOnly(live);
            streams.keepOnly(sandboxes::isRunning); // others than this process end and pause sandboxes too
        });
        schedule.every(origins.period(), "idle-origins", origins::closeIdle);
    }

    @Override
    public void close() {
        watchers.close();
        origins.close();
    }
}
